package dev.tandem;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.tandem.lambda.RuntimeClient;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The layout of docs/ARCHITECTURE.md: which package may know which, and where each library ends.
 */
class ArchitectureTest {
    private static final String ROOT = "dev.tandem";

    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ROOT);

    private static final JavaClasses BREACH =
            new ClassFileImporter().importPackages(ROOT + ".candidates.breach");

    /** The packages of ours that each package may use; what is not named here may use none. */
    private static final Map<String, List<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("model", List.of()),
                    Map.entry("files", List.of()),
                    Map.entry("settings", List.of()),
                    Map.entry("onnx", List.of("model", "files")),
                    Map.entry("index", List.of("settings", "model", "files")),
                    Map.entry("hub", List.of("onnx", "model", "files")),
                    Map.entry("models", List.of("hub", "candidates", "rerank", "onnx", "model")),
                    Map.entry("candidates", List.of("index", "onnx", "settings", "model")),
                    Map.entry("rerank", List.of("onnx", "settings", "model")),
                    Map.entry(
                            "retrieval", List.of("candidates", "rerank", "index", "onnx", "model")),
                    Map.entry("edge", List.of("retrieval", "settings", "model")),
                    Map.entry("dialects", List.of("edge", "model")),
                    Map.entry("http", List.of("edge", "retrieval", "model")),
                    Map.entry("lambda", List.of("edge", "retrieval", "model")),
                    Map.entry(
                            "indexing",
                            List.of(
                                    "retrieval",
                                    "candidates",
                                    "index",
                                    "onnx",
                                    "settings",
                                    "model")),
                    Map.entry(
                            "evaluation",
                            List.of(
                                    "retrieval",
                                    "candidates",
                                    "rerank",
                                    "index",
                                    "onnx",
                                    "model")));

    /** Where each library ends; {@code ""} is the root package. */
    private static final Map<String, List<String>> ENDS_IN =
            Map.ofEntries(
                    Map.entry("io.github.jbellis..", List.of("candidates", "indexing")),
                    Map.entry("ai.onnxruntime..", List.of("onnx", "candidates", "rerank")),
                    Map.entry("ai.djl..", List.of("onnx")),
                    Map.entry("com.github.benmanes.caffeine..", List.of("rerank")),
                    Map.entry("org.apache.lucene..", List.of("index", "indexing")),
                    Map.entry("jakarta.ws.rs..", List.of("http")),
                    Map.entry("org.jboss.resteasy..", List.of("http")),
                    Map.entry("io.quarkus.funqy..", List.of("lambda")),
                    Map.entry("com.amazonaws..", List.of("lambda")),
                    Map.entry("picocli..", List.of("", "indexing", "evaluation", "models")));

    static Stream<String> packages() {
        return MAY_USE.keySet().stream().sorted();
    }

    static Stream<String> libraries() {
        return ENDS_IN.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void package_itsDependencies_areThoseItMayUse(String name) {
        mayUse(name).check(MAIN);
    }

    @Test
    void packages_allOfThem_areInTheTable() {
        assertThat(MAIN)
                .extracting(ArchitectureTest::packageOf)
                .allMatch(name -> name.isEmpty() || MAY_USE.containsKey(name));
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void library_itsTypes_endInTheirPackages(String library) {
        endsIn(library).check(MAIN);
    }

    @Test
    void model_itsTypes_knowJavaOnly() {
        modelKnowsJavaOnly().check(MAIN);
    }

    @Test
    void packages_allOfThem_haveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void packages_allOfThem_sayWhatTheyAreFor() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..impl..", "..service..")
                .check(MAIN);
    }

    @Test
    void environment_readByConfigurationOnly() {
        noEnvironment().check(MAIN);
    }

    @Test
    void time_comesFromAClockOrTheMonotonicOne() {
        noWallClock().check(MAIN);
    }

    @Test
    void waiting_onlyOffline() {
        noWaiting().check(MAIN);
    }

    @Test
    void errors_haveTypesOfTheirOwn() {
        noBareExceptions().check(MAIN);
    }

    @ParameterizedTest
    @MethodSource("breachedRules")
    void rule_classThatBreaksIt_reportsIt(ArchRule rule, String reported) {
        var result = rule.evaluate(BREACH);

        assertThat(result.hasViolation()).isTrue();
        assertThat(result.getFailureReport().getDetails())
                .anyMatch(line -> line.contains(reported));
    }

    static Stream<Arguments> breachedRules() {
        return Stream.of(
                breached(mayUse("candidates"), "dev.tandem.rerank.CrossEncoder"),
                breached(mayUse("candidates"), "dev.tandem.retrieval.SearchEngine"),
                breached(endsIn("picocli.."), "picocli.CommandLine"),
                breached(endsIn("org.apache.lucene.."), "org.apache.lucene.util.BytesRef"),
                breached(noEnvironment(), "System.getenv"),
                breached(noWallClock(), "System.currentTimeMillis"),
                breached(noWaiting(), "Uni.await"),
                breached(noBareExceptions(), "RuntimeException"));
    }

    private static Arguments breached(ArchRule rule, String reported) {
        return Arguments.of(rule, reported);
    }

    private static ArchRule mayUse(String name) {
        String[] allowed =
                Stream.concat(Stream.of(name), MAY_USE.getOrDefault(name, List.of()).stream())
                        .map(ArchitectureTest::pattern)
                        .toArray(String[]::new);
        DescribedPredicate<JavaClass> others =
                resideInAPackage(ROOT + "..")
                        .and(DescribedPredicate.not(resideInAnyPackage(allowed)));
        return noClasses()
                .that()
                .resideInAPackage(pattern(name))
                .should()
                .dependOnClassesThat(others.as("are ours and outside %s", List.of(allowed)));
    }

    private static ArchRule endsIn(String library) {
        String[] allowed =
                ENDS_IN.getOrDefault(library, List.of()).stream()
                        .map(ArchitectureTest::pattern)
                        .toArray(String[]::new);
        return noClasses()
                .that()
                .resideOutsideOfPackages(allowed)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    private static ArchRule modelKnowsJavaOnly() {
        return classes()
                .that()
                .resideInAPackage(pattern("model"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(pattern("model"), "java..", "org.jspecify.annotations..");
    }

    /** Who tells Lambda that the configuration is wrong cannot be told by it where Lambda is. */
    private static ArchRule noEnvironment() {
        return noClasses()
                .that()
                .doNotHaveFullyQualifiedName(RuntimeClient.class.getName())
                .should()
                .callMethodWhere(target(name("getenv")).and(target(owner(type(System.class)))));
    }

    private static ArchRule noWallClock() {
        return noClasses().should().callMethod(System.class, "currentTimeMillis");
    }

    private static ArchRule noWaiting() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(pattern("evaluation"))
                .should()
                .callMethodWhere(target(name("await")).and(target(owner(type(Uni.class)))));
    }

    /** A constructor of an exception's own type calls that of its parent, which is no throw. */
    private static ArchRule noBareExceptions() {
        DescribedPredicate<JavaConstructorCall> bare =
                target(owner(type(RuntimeException.class).or(type(Exception.class)))).forSubtype();
        return noClasses()
                .that()
                .areNotAssignableTo(Throwable.class)
                .should()
                .callConstructorWhere(bare);
    }

    private static String pattern(String name) {
        return name.isEmpty() ? ROOT : ROOT + "." + name + "..";
    }

    private static String packageOf(JavaClass type) {
        String inside = type.getPackageName().substring(ROOT.length());
        return inside.isEmpty() ? "" : inside.substring(1).split("\\.", 2)[0];
    }
}
