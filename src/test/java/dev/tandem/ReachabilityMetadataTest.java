package dev.tandem;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.tandem.lambda.Event;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Executable;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.DocValuesFormat;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.PostingsFormat;
import org.apache.lucene.index.SortFieldProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What native-image is told of the libraries still fits them: an upgrade that moves something fails
 * here, and not in an executable that is built elsewhere.
 */
class ReachabilityMetadataTest {

    private static final String FILE =
            "/META-INF/native-image/dev.tandem/%s/reachability-metadata.json";
    private static final String ONNX_RUNTIME_JNI =
            "/ai/onnxruntime/native/linux-x64/libonnxruntime4j_jni.so";

    /** A string constant of C that names a class: what FindClass is given. */
    private static final Pattern CLASS_CONSTANT = Pattern.compile("\0((?:ai|java)/[\\w/]+)(?=\0)");

    static final List<Class<?>> SERVICES =
            List.of(
                    Codec.class,
                    DocValuesFormat.class,
                    KnnVectorsFormat.class,
                    PostingsFormat.class,
                    SortFieldProvider.class);

    static final List<String> LIBRARIES =
            List.of("caffeine", "lucene", "onnxruntime", "tandem", "tokenizers");

    @ParameterizedTest
    @MethodSource("entries")
    void type_thatIsNamed_hasTheMembersThatAreNamed(JsonNode entry)
            throws ReflectiveOperationException {
        Class<?> type = type(entry.path("type").asText());

        for (JsonNode method : entry.path("methods")) {
            assertThat(member(type, method)).isNotNull();
        }
        for (JsonNode field : entry.path("fields")) {
            assertThat(type.getDeclaredField(field.path("name").asText())).isNotNull();
        }
    }

    @Test
    void onnxRuntime_classesThatItsJniLayerLooksUp_areNamed() throws IOException {
        assertThat(types("onnxruntime", entry -> entry.path("jniAccessible").asBoolean()))
                .containsAll(classesLookedUp(ONNX_RUNTIME_JNI));
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void lucene_itsServices_areNamed(Class<?> service) {
        List<String> providers =
                ServiceLoader.load(service).stream().map(p -> p.type().getName()).toList();

        assertThat(providers).isNotEmpty();
        assertThat(types("lucene", _ -> true)).containsAll(providers);
    }

    /** Jackson reads and writes them by reflection. */
    @Test
    void edge_itsRecordsOnTheWire_areNamed() {
        List<String> records =
                records("dev.tandem.edge")
                        .map(JavaClass::getName)
                        .filter(name -> name.matches(".*\\.(Problem|SearchRequest|SearchAnswer.*)"))
                        .toList();

        assertThat(records).hasSizeGreaterThan(4);
        assertThat(types("tandem", _ -> true)).containsAll(records);
    }

    /** Jackson reads it by reflection. */
    @Test
    void onnx_theModelCardsRecords_areNamed() {
        List<String> records =
                records("dev.tandem.onnx")
                        .map(JavaClass::getName)
                        .filter(name -> name.contains(".ModelCard"))
                        .toList();

        assertThat(records).hasSizeGreaterThan(3);
        assertThat(types("tandem", _ -> true)).containsAll(records);
    }

    /** All of theirs are on the wire, but for what is handed on inside. */
    @ParameterizedTest
    @ValueSource(strings = {"dev.tandem.dialects", "dev.tandem.lambda"})
    void records_ofOtherShapes_areRegistered(String its) {
        assertThat(records(its).filter(type -> !type.isEquivalentTo(Event.class)))
                .isNotEmpty()
                .allMatch(type -> type.isAnnotatedWith(RegisterForReflection.class));
    }

    private static Stream<JavaClass> records(String its) {
        return new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages(its)
                        .stream()
                        .filter(JavaClass::isRecord);
    }

    static Stream<JsonNode> entries() {
        return LIBRARIES.stream().flatMap(library -> elements(read(library).path("reflection")));
    }

    /**
     * @throws NoSuchMethodException if the type has no such method
     */
    private static Executable member(Class<?> type, JsonNode method)
            throws ReflectiveOperationException {
        String name = method.path("name").asText();
        Class<?>[] parameters = parameters(method.path("parameterTypes"));
        return name.equals("<init>")
                ? type.getDeclaredConstructor(parameters)
                : type.getMethod(name, parameters);
    }

    private static Class<?>[] parameters(JsonNode names) throws ClassNotFoundException {
        Class<?>[] types = new Class<?>[names.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = type(names.path(i).asText());
        }
        return types;
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        if (name.endsWith("[]")) {
            return type(name.substring(0, name.length() - 2)).arrayType();
        }
        Class<?> primitive = Class.forPrimitiveName(name);
        return primitive == null
                ? Class.forName(name, false, ReachabilityMetadataTest.class.getClassLoader())
                : primitive;
    }

    private static Set<String> classesLookedUp(String library) throws IOException {
        try (var in = ReachabilityMetadataTest.class.getResourceAsStream(library)) {
            String bytes = new String(in.readAllBytes(), ISO_8859_1);
            return CLASS_CONSTANT
                    .matcher(bytes)
                    .results()
                    .map((MatchResult constant) -> constant.group(1).replace('/', '.'))
                    .collect(toSet());
        }
    }

    private static Set<String> types(String library, Predicate<JsonNode> which) {
        return elements(read(library).path("reflection"))
                .filter(which)
                .map(entry -> entry.path("type").asText())
                .collect(toSet());
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static JsonNode read(String library) {
        String file = FILE.formatted(library);
        try (var in = ReachabilityMetadataTest.class.getResourceAsStream(file)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
