package dev.tandem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.edge.AuthConfig;
import dev.tandem.edge.SearchConfig;
import dev.tandem.http.AdminConfig;
import dev.tandem.http.PageConfig;
import dev.tandem.index.IndexConfig;
import dev.tandem.lambda.LambdaConfig;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.rerank.CacheConfig;
import dev.tandem.rerank.CascadeConfig;
import dev.tandem.rerank.RemoteConfig;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.settings.Range;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ConfigTest {

    private static final Path PROPERTIES =
            Path.of("src", "main", "resources", "application.properties");
    private static final Path METADATA =
            Path.of(
                    "src/main/resources/META-INF/native-image/dev.tandem/tandem/reachability-metadata.json");
    private static final Set<Class<?>> BOUNDED =
            Set.of(int.class, long.class, double.class, OptionalInt.class, Duration.class);
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z])(?=[A-Z])");

    /** Every key with its default; empty where unset means something. */
    record Keys(Class<?> mapping, Map<String, String> defaults) {}

    static final List<Keys> ALL =
            List.of(
                    new Keys(
                            ModelsConfig.class,
                            Map.of(
                                    "tandem.models.dir", "models",
                                    "tandem.models.bi-encoder", "bge-small-en-v1.5",
                                    "tandem.models.cross-encoder", "tandem-minilm-l6")),
                    new Keys(
                            IndexConfig.class,
                            Map.of(
                                    "tandem.index.dir", "index",
                                    "tandem.index.memory", "low",
                                    "tandem.index.build-from", "",
                                    "tandem.index.verify", "lengths",
                                    "tandem.index.poll", "10s")),
                    new Keys(
                            CandidatesConfig.class,
                            Map.of(
                                    "tandem.candidates.oversampling", "2",
                                    "tandem.candidates.budget-share", "0.5",
                                    "tandem.candidates.node-budget", "")),
                    new Keys(
                            RerankConfig.class,
                            Map.of(
                                    "tandem.rerank.device", "cpu",
                                    "tandem.rerank.gpu-fallback", "true",
                                    "tandem.rerank.concurrency", "",
                                    "tandem.rerank.order", "blend",
                                    "tandem.rerank.long-query", "refuse",
                                    "tandem.rerank.long-passages", "head",
                                    "tandem.rerank.max-chunks", "8",
                                    "tandem.rerank.early-stop", "false")),
                    new Keys(
                            CascadeConfig.class,
                            Map.of(
                                    "tandem.rerank.cascade.model", "",
                                    "tandem.rerank.cascade.share", "0.5")),
                    new Keys(
                            RemoteConfig.class,
                            Map.of(
                                    "tandem.rerank.remote.url", "",
                                    "tandem.rerank.remote.api-key", "",
                                    "tandem.rerank.remote.batch", "32",
                                    "tandem.rerank.remote.concurrency", "2",
                                    "tandem.rerank.remote.timeout", "1s")),
                    new Keys(
                            CacheConfig.class,
                            Map.of(
                                    "tandem.cache.enabled", "true",
                                    "tandem.cache.entries", "100000",
                                    "tandem.cache.dir", "",
                                    "tandem.cache.poll", "10s")),
                    new Keys(
                            AuthConfig.class,
                            Map.of(
                                    "tandem.auth.keys", "",
                                    "tandem.auth.keys-file", "",
                                    "tandem.auth.poll", "10s")),
                    new Keys(LambdaConfig.class, Map.of("tandem.lambda.metrics", "false")),
                    new Keys(AdminConfig.class, Map.of("tandem.admin.enabled", "false")),
                    new Keys(PageConfig.class, Map.of("tandem.page.enabled", "false")),
                    new Keys(
                            SearchConfig.class,
                            Map.of(
                                    "tandem.search.top-k", "10",
                                    "tandem.search.candidate-count", "100",
                                    "tandem.search.budget", "10s",
                                    "tandem.search.max-budget", "15m",
                                    "tandem.search.grace", "30ms",
                                    "tandem.search.platform-reserve", "50ms",
                                    "tandem.search.max-in-flight", "32",
                                    "tandem.search.max-query-length", "4096",
                                    "tandem.search.max-texts", "1000",
                                    "tandem.search.max-text-length", "100000")));

    @ParameterizedTest
    @FieldSource("ALL")
    void mapping_everyKey_hasTheDefaultListedHere(Keys keys) {
        String prefix = keys.mapping().getAnnotation(ConfigMapping.class).prefix();
        Map<String, String> found =
                Arrays.stream(keys.mapping().getDeclaredMethods())
                        .filter(method -> !method.isSynthetic())
                        .collect(
                                Collectors.toMap(
                                        method -> prefix + "." + kebab(method),
                                        ConfigTest::defaultOf));

        assertThat(found).containsExactlyInAnyOrderEntriesOf(keys.defaults());
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void mapping_everyNumberAndDuration_hasARange(Keys keys) {
        assertThat(keys.mapping().getDeclaredMethods())
                .filteredOn(method -> BOUNDED.contains(method.getReturnType()))
                .allSatisfy(method -> assertThat(method.isAnnotationPresent(Range.class)).isTrue());
    }

    /**
     * An executable sees no annotation of a type that is not named there, and would check nothing.
     */
    @ParameterizedTest
    @FieldSource("ALL")
    void mapping_thatHasRanges_isNamedForTheExecutable(Keys keys) throws IOException {
        boolean bounded =
                Arrays.stream(keys.mapping().getDeclaredMethods())
                        .anyMatch(method -> method.isAnnotationPresent(Range.class));

        assertThat(Files.readString(METADATA).contains('"' + keys.mapping().getName() + '"'))
                .isEqualTo(bounded);
    }

    @Test
    void mappings_all_areListedHere() {
        var mappings =
                new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages("dev.tandem")
                                .stream()
                                .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
                                .map(type -> type.getName())
                                .toList();

        assertThat(mappings)
                .containsExactlyInAnyOrderElementsOf(
                        ALL.stream().map(keys -> keys.mapping().getName()).toList());
    }

    @Test
    void applicationProperties_everyKey_isThereWithItsDefault() throws IOException {
        Map<String, String> wanted = new TreeMap<>();
        ALL.forEach(keys -> wanted.putAll(keys.defaults()));
        Map<String, String> described =
                Files.readAllLines(PROPERTIES).stream()
                        .filter(line -> line.startsWith("#tandem."))
                        .map(line -> line.substring(1).split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));

        assertThat(described).containsExactlyInAnyOrderEntriesOf(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "tandem.candidates.oversampling, 0.9",
        "tandem.candidates.oversampling, 10.1",
        "tandem.candidates.oversampling, NaN",
        "tandem.candidates.oversampling, many",
        "tandem.candidates.budget-share, 0",
        "tandem.candidates.budget-share, 1.1",
        "tandem.candidates.budget-share, NaN",
        "tandem.candidates.node-budget, some",
        "tandem.rerank.concurrency, 0",
        "tandem.candidates.node-budget, 0",
        "tandem.rerank.concurrency, 257",
        "tandem.rerank.concurrency, -1",
        "tandem.rerank.device, tpu",
        "tandem.rerank.order, sideways",
        "tandem.rerank.long-query, ask",
        "tandem.rerank.long-passages, tail",
        "tandem.rerank.max-chunks, 0",
        "tandem.rerank.max-chunks, 65",
        "tandem.rerank.cascade.share, 0.04",
        "tandem.rerank.cascade.share, 0.96",
        "tandem.rerank.cascade.share, NaN",
        "tandem.rerank.remote.batch, 0",
        "tandem.rerank.remote.batch, 1001",
        "tandem.rerank.remote.concurrency, 17",
        "tandem.rerank.remote.timeout, 0s",
        "tandem.rerank.remote.timeout, 2m"
    })
    void offline_aValueOutOfRange_isRefusedByName(String key, String value) {
        assertRefused(key, value, key);
    }

    @ParameterizedTest
    @CsvSource({
        "tandem.rerank.orders, blend",
        "tandem.rerank.cascade.models, x",
        "tandem.rerank.remote.uri, x",
        "tandem.models.bi_encoder, x"
    })
    void offline_anUnknownKey_isRefusedByName(String key, String value) {
        assertRefused(key, value, key);
    }

    @Test
    void offline_theServersKeys_areNoErrors() {
        withProperty(
                "tandem.search.top-k", "5", () -> assertThat(OfflineConfig.load()).isNotNull());
    }

    private static void assertRefused(String key, String value, String named) {
        withProperty(
                key,
                value,
                () ->
                        assertThatThrownBy(OfflineConfig::load)
                                .satisfiesAnyOf(
                                        e ->
                                                assertThat(e)
                                                        .isInstanceOf(
                                                                ConfigValidationException.class),
                                        e ->
                                                assertThat(e)
                                                        .isInstanceOf(
                                                                IllegalArgumentException.class))
                                .hasMessageContaining(named));
    }

    private static void withProperty(String key, String value, Runnable check) {
        System.setProperty(key, value);
        try {
            check.run();
        } finally {
            System.clearProperty(key);
        }
    }

    private static String kebab(Method method) {
        return String.join("-", HUMP.split(method.getName())).toLowerCase(Locale.ROOT);
    }

    private static String defaultOf(Method method) {
        WithDefault value = method.getAnnotation(WithDefault.class);
        return value == null ? "" : value.value();
    }
}
