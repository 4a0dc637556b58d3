package dev.tandem;

import static dev.tandem.fixtures.Template.in;
import static dev.tandem.fixtures.Template.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.PackagedFunction;
import dev.tandem.fixtures.Template;
import dev.tandem.index.Memory;
import dev.tandem.lambda.TandemHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The function's template against what Tandem and Lambda take. */
class TemplateTest {

    private static final Path FILE = Path.of("template.yaml");
    private static final Path SAMCONFIG = Path.of("samconfig.toml");
    private static final String EFS =
            "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0";
    private static final String S3_FILES =
            "arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123456789abcdef0"
                    + "/access-point/fsap-0123456789abcdef0";

    /** What is set for the platform: the JVM's options, and what Quarkus sets for executables. */
    private static final Set<String> OF_THE_PLATFORM =
            Set.of(
                    "JAVA_TOOL_OPTIONS",
                    "DISABLE_SIGNAL_HANDLERS",
                    "QUARKUS_LOG_CONSOLE_JSON_ENABLED",
                    "QUARKUS_HTTP_HOST_ENABLED");

    @ParameterizedTest
    @CsvSource({
        "jvm, memory",
        "jvm, mount",
        "aot, mount",
        "native, memory",
        "native, mount",
        "image, mount"
    })
    void environment_everyName_isAKey(String packaging, String cache) throws IOException {
        Template template = deployed().with("Packaging", packaging).with("ScoreCache", cache);

        assertThat(environment(template)).containsKeys("TANDEM_INDEX_DIR", "TANDEM_MODELS_DIR");
        assertThat(unknownNames(template)).isEmpty();
    }

    @Test
    void environment_misspeltNames_areFound() throws IOException {
        Template misspelt =
                Template.read(Path.of("src", "test", "resources", "templates", "misspelt.yaml"));

        assertThat(unknownNames(misspelt))
                .containsExactly("TANDEM_INDEX_FOLDER", "TANDEM_SEARCH_BUGDET");
    }

    @ParameterizedTest
    @CsvSource({
        "jvm, java25, dev.tandem.lambda.TandemHandler::handleRequest",
        "aot, provided.al2023, not.used.in.provided.runtime",
        "native, provided.al2023, not.used.in.provided.runtime"
    })
    void function_packaging_decidesRuntimeAndHandler(
            String packaging, String runtime, String handler) throws IOException {
        assertThat(function(deployed().with("Packaging", packaging)))
                .containsEntry("Runtime", runtime)
                .containsEntry("Handler", handler)
                .containsEntry("CodeUri", "target/lambda.zip");
    }

    @Test
    void function_handler_isThere() throws Exception {
        String[] handler = in(function(deployed()), "Handler").toString().split("::", 2);

        assertThat(handler[0]).isEqualTo(TandemHandler.class.getName());
        assertThat(
                        Arrays.stream(TandemHandler.class.getMethods())
                                .filter(method -> method.getName().equals(handler[1]))
                                .map(method -> List.of(method.getParameterTypes()).subList(0, 2)))
                .contains(List.of(InputStream.class, OutputStream.class));
    }

    @Test
    void function_ofJars_hasTheJvmFlagsThatItsPackageIsTestedWith() throws IOException {
        assertThat(in(environment(deployed()), "JAVA_TOOL_OPTIONS").toString())
                .startsWith(PackagedFunction.JVM_FLAGS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"aot", "native", "image"})
    void function_whatStartsByItself_hasNoJvmFlags(String packaging) throws IOException {
        assertThat(environment(deployed().with("Packaging", packaging)))
                .doesNotContainKey("JAVA_TOOL_OPTIONS");
    }

    @Test
    void function_mount_holdsAllFolders() throws IOException {
        Template template = deployed().with("ScoreCache", "mount").with("ModelsFrom", "mount");
        Map<String, Object> mount = map(list(function(template), "FileSystemConfigs").getFirst());
        String path = in(mount, "LocalMountPath").toString();

        assertThat(mount).containsEntry("Arn", EFS);
        assertThat(path).matches("/mnt/[a-zA-Z0-9-_.]+");
        assertThat(environment(template).entrySet())
                .filteredOn(entry -> entry.getKey().endsWith("_DIR"))
                .hasSize(3)
                .allSatisfy(
                        entry -> assertThat(entry.getValue().toString()).startsWith(path + "/"));
    }

    @Test
    void environment_scoresInMemory_hasNoFolderForThem() throws IOException {
        assertThat(environment(deployed())).doesNotContainKey("TANDEM_CACHE_DIR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"defaults", "default", "prod"})
    void timeout_everyConfiguration_leavesTimeForTheLongestAnswer(String section)
            throws IOException {
        Template template = configured(section);
        Duration timeout = Duration.ofSeconds(Long.parseLong(template.value("Timeout").toString()));
        Duration budget = duration(in(environment(template), "TANDEM_SEARCH_BUDGET"));
        Duration most = duration(in(environment(template), "TANDEM_SEARCH_MAX_BUDGET"));
        Duration reserve = duration(in(allKeys(), "tandem.search.platform-reserve"));

        assertThat(budget).isPositive().isLessThanOrEqualTo(most);
        assertThat(most.plus(reserve)).isLessThan(timeout);
        // An HTTP API gives up after 30 s.
        assertThat(timeout).isLessThan(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @ValueSource(strings = {"defaults", "default", "prod"})
    void parameters_everyConfiguration_areWhatTheTemplateTakes(String section) throws IOException {
        Template template = configured(section);

        for (String name : Template.configured(SAMCONFIG, "prod").keySet()) {
            Map<String, Object> range = template.parameter(name);
            String value = template.value(name).toString();
            assertThat(value)
                    .as(name)
                    .matches(range.getOrDefault("AllowedPattern", ".*").toString());
            if (range.containsKey("AllowedValues")) {
                assertThat(list(range, "AllowedValues"))
                        .as(name)
                        .anySatisfy(allowed -> assertThat(allowed).hasToString(value));
            }
            if (range.containsKey("MinValue")) {
                assertThat(Integer.parseInt(value))
                        .as(name)
                        .isBetween(
                                (Integer) range.get("MinValue"), (Integer) range.get("MaxValue"));
            }
        }
    }

    @Test
    void memory_range_isLambdasFromWhatTheModelsNeed() throws IOException {
        assertThat(deployed().parameter("MemorySize"))
                .containsEntry("MinValue", 1024)
                .containsEntry("MaxValue", 10240);
    }

    @Test
    void architecture_values_areLambdas() throws IOException {
        assertThat(list(deployed().parameter("Architecture"), "AllowedValues"))
                .isEqualTo(List.of("x86_64", "arm64"));
        assertThat(list(function(deployed().with("Architecture", "arm64")), "Architectures"))
                .isEqualTo(List.of("arm64"));
    }

    @Test
    void indexMemory_values_areTandems() throws IOException {
        assertThat(list(deployed().parameter("IndexMemory"), "AllowedValues"))
                .isEqualTo(
                        Arrays.stream(Memory.values())
                                .map(memory -> memory.name().toLowerCase(Locale.ROOT))
                                .toList());
    }

    @ParameterizedTest
    @CsvSource({EFS + ", elasticfilesystem, s3files", S3_FILES + ", s3files, elasticfilesystem"})
    void role_eitherMount_mayMountItOnlyAndWriteOnlyScores(String arn, String kind, String other)
            throws IOException {
        Template reading = deployed().with("MountArn", arn);
        Template writing = reading.with("ScoreCache", "mount");

        assertThat(policies(reading))
                .contains(kind + ":ClientMount", kind + ":AccessPointArn=" + arn)
                .doesNotContain("ClientWrite", "ClientRootAccess", other, "s3:GetObject");
        assertThat(policies(writing)).contains(kind + ":ClientWrite");
    }

    @Test
    void role_s3Files_mountsOneFileSystem() throws IOException {
        assertThat(policies(deployed().with("MountArn", S3_FILES)))
                .contains("Resource=" + S3_FILES.split("/access-point", 2)[0] + ",");
    }

    @ParameterizedTest
    @CsvSource({
        EFS + ", true",
        S3_FILES + ", true",
        "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123456789abcdef0, false",
        "arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123456789abcdef0, false",
        "arn:aws:s3:::bucket, false",
        "fsap-0123456789abcdef0, false"
    })
    void mountArn_pattern_takesAccessPointsOnly(String arn, boolean taken) throws IOException {
        String pattern = in(deployed().parameter("MountArn"), "AllowedPattern").toString();

        assertThat(arn.matches(pattern)).isEqualTo(taken);
    }

    @Test
    void url_authorisation_isOfIam() throws IOException {
        assertThat(map(function(deployed()).get("FunctionUrlConfig")))
                .containsEntry("AuthType", "AWS_IAM");
    }

    private static Template deployed() throws IOException {
        return Template.read(FILE).with("MountArn", EFS);
    }

    private static Template configured(String section) throws IOException {
        Template template = deployed();
        if (section.equals("defaults")) {
            return template;
        }
        Map<String, String> values = Template.configured(SAMCONFIG, section);
        assertThat(values).isNotEmpty();
        for (Map.Entry<String, String> value : values.entrySet()) {
            template = template.with(value.getKey(), value.getValue());
        }
        return template;
    }

    private static Map<String, Object> function(Template template) {
        return template.properties("Function");
    }

    private static Map<String, Object> environment(Template template) {
        return map(map(function(template).get("Environment")).get("Variables"));
    }

    private static Set<String> unknownNames(Template template) {
        Set<String> unknown = new TreeSet<>(environment(template).keySet());
        unknown.removeAll(OF_THE_PLATFORM);
        allKeys().keySet().forEach(key -> unknown.remove(environmentName(key)));
        return unknown;
    }

    /** As MicroProfile Config has it. */
    private static String environmentName(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private static Map<String, String> allKeys() {
        return ConfigTest.ALL.stream()
                .flatMap(keys -> keys.defaults().entrySet().stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static String policies(Template template) {
        return in(template.properties("Role"), "Policies").toString();
    }

    private static List<?> list(Map<String, Object> of, String name) {
        return (List<?>) in(of, name);
    }

    private static Duration duration(Object value) {
        String text = value.toString();
        return text.endsWith("ms")
                ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                : Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }
}
