package dev.tandem.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tandem.fixtures.Binaries;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.PackagedFunction;
import dev.tandem.fixtures.RuntimeApi;
import dev.tandem.fixtures.RuntimeApi.Outcome;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The zip that is deployed, in Lambda's own runtime client. */
@TestInstance(Lifecycle.PER_CLASS)
class PackagedFunctionIT {
    private static final String SEARCH =
            "{\"query\": \"how large may a zip archive be?\", \"candidateCount\": 50, \"topK\": 5}";
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Path folder = Path.of("");
    private RuntimeApi api;
    private PackagedFunction function;
    private int port;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        PackagedFunction.unpack(folder.resolve("task"));
        api = RuntimeApi.start();
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        function =
                started(
                        "function.log",
                        api,
                        Map.of(
                                "QUARKUS_HTTP_PORT",
                                String.valueOf(port),
                                "TANDEM_LAMBDA_METRICS",
                                "true",
                                "QUARKUS_LOG_CONSOLE_JSON_ENABLED",
                                "true"));
        function.awaitStart(api);
    }

    @AfterAll
    void stop() {
        function.close();
        api.close();
    }

    @Test
    void invoke_aThousandTimes_answersEach() throws IOException {
        List<String> queries =
                Files.readAllLines(Path.of("samples/handbook/queries.jsonl")).stream()
                        .map(line -> Doors.json(line).path("text").asText())
                        .toList();
        for (int i = 0; i < 1_000; i++) {
            String query = queries.get(i % queries.size());
            Outcome outcome = api.invoke(search(query));

            assertThat(outcome.failed()).as(outcome.body()).isFalse();
            assertThat(outcome.json().at("/coverage/reason").asText()).isEqualTo("COMPLETE");
            assertThat(outcome.json().path("results")).hasSize(10);
        }
        assertThat(api.breaches()).isEmpty();
    }

    @Test
    void invoke_theSameAsOverHttp_hasTheSameBody() throws IOException, InterruptedException {
        String searches = RuntimeApi.post("/v1/search", SEARCH, false);
        JsonNode direct = api.invoke(SEARCH).json();
        JsonNode wrapped = api.invoke(searches).json();
        String http = post("/v1/search", SEARCH).body();

        assertThat(wrapped.path("statusCode").asInt()).isEqualTo(200);
        assertThat(withoutTimings(direct)).isEqualTo(withoutTimings(Doors.json(http)));
        assertThat(withoutTimings(Doors.json(wrapped.path("body").asText())))
                .isEqualTo(withoutTimings(Doors.json(http)));
    }

    @Test
    void invoke_anErrorInAnEnvelope_hasTheBytesOfHttp() throws IOException, InterruptedException {
        for (String body : List.of("{}", "{\"query\": \"a\", \"topK\": 0}", "[]", "{")) {
            HttpResponse<String> http = post("/v1/search", body);
            JsonNode wrapped = api.invoke(RuntimeApi.post("/v1/search", body, true)).json();

            assertThat(wrapped.path("statusCode").asInt()).isEqualTo(http.statusCode());
            assertThat(wrapped.path("body").asText()).isEqualTo(http.body());
            assertThat(wrapped.at("/headers/Content-Type").asText())
                    .isEqualTo("application/problem+json");
        }
    }

    @Test
    void invoke_withoutMuchTime_answersFlaggedBeforeItsEnd() {
        for (int left : List.of(90, 150, 300)) {
            String event = search("time is short " + left, 489);
            Instant end = Instant.now().plusMillis(left);
            Outcome outcome = api.invoke(event, end);

            assertThat(outcome.failed()).as(outcome.body()).isFalse();
            assertThat(outcome.at()).isBefore(end);
            assertThat(outcome.json().at("/coverage/reason").asText()).isEqualTo("BUDGET_SPENT");
        }
    }

    @Test
    void invoke_anEventThatIsRefused_failsWithoutShowingTheInside() {
        Outcome outcome = api.invoke("{\"query\": \"\"}");

        assertThat(outcome.failed()).isTrue();
        assertThat(outcome.json().path("errorType").asText())
                .isEqualTo("dev.tandem.model.InvalidRequestException");
        assertThat(outcome.json().path("errorMessage").asText()).contains("query: got nothing");
        assertThat(outcome.json().path("stackTrace")).isEmpty();
    }

    @Test
    void log_ofAnAnswer_hasItsMetricsWithTheRequestsId() {
        JsonNode answer = api.invoke(SEARCH).json();
        JsonNode line =
                function.log()
                        .lines()
                        .filter(text -> text.startsWith("{\"_aws\""))
                        .map(Doors::json)
                        .reduce((_, last) -> last)
                        .orElseThrow();

        assertThat(line.path("requestId").asText()).startsWith("request-");
        assertThat(line.path("Function").asText()).isEqualTo("tandem");
        assertThat(line.path("generation")).isEqualTo(answer.path("generation"));
        assertThat(line.path("TotalMs")).isEqualTo(answer.at("/timings/totalMs"));
        assertThat(line.at("/_aws/Timestamp").asLong()).isPositive();
        JsonNode directive = line.at("/_aws/CloudWatchMetrics/0");
        assertThat(directive.path("Namespace").asText()).isEqualTo("Tandem");
        assertThat(directive.at("/Dimensions/0/0").asText()).isEqualTo("Function");
        for (JsonNode metric : directive.path("Metrics")) {
            assertThat(line.path(metric.path("Name").asText()).isNumber()).isTrue();
        }
        // What Lambda bills is in the receipt.
        double seconds = answer.at("/timings/totalMs").asDouble() / 1_000;
        assertThat(answer.at("/work/gbSeconds").asDouble())
                .isCloseTo(3_538 / 1_024.0 * seconds, Offset.offset(1e-5));
    }

    @Test
    void invoke_aWarmPing_saysWhatIsServed() {
        JsonNode answer = api.invoke("{\"warm\": true}").json();

        assertThat(answer.path("warm").asBoolean()).isTrue();
        assertThat(answer.path("generation").asText()).isNotBlank();
        assertThat(answer.path("device").asText()).isEqualTo("cpu");
    }

    @Test
    void package_everyBinary_findsItsCLibraryOnLambda() throws IOException {
        Map<String, Integer> glibc = Binaries.glibcOf(folder.resolve("task"));

        assertThat(glibc).hasSizeGreaterThan(2);
        assertThat(glibc.values()).anyMatch(version -> version > 0);
        // Amazon Linux 2023 has GLIBC_2.34.
        assertThat(glibc).allSatisfy((_, version) -> assertThat(version).isLessThanOrEqualTo(34));
    }

    @Test
    void package_unpacked_isNoLargerThanLambdaTakes() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("task"))) {
            long bytes = files.map(Path::toFile).filter(File::isFile).mapToLong(File::length).sum();

            assertThat(bytes).isPositive().isLessThanOrEqualTo(PackagedFunction.MOST_BYTES);
        }
    }

    @Test
    void process_withTheSmallModel_readsMoreByItWhenTimeIsShort()
            throws IOException, InterruptedException {
        Map<String, String> cascade = Map.of("TANDEM_RERANK_CASCADE_MODEL", "tandem-minilm-l2");
        try (var other = RuntimeApi.start();
                var both = started("cascade.log", other, cascade)) {
            both.awaitStart(other);
            // A process that starts beside other work finds out later how fast the small one is.
            int preranked = 0;
            for (int i = 0; i < 10 && preranked == 0; i++) {
                JsonNode answer = other.invoke(search("time is short, " + i, 489, 400)).json();
                preranked = answer.at("/coverage/preranked").asInt();
                Thread.sleep(Duration.ofSeconds(1));
            }

            assertThat(preranked).isPositive();
        }
    }

    @Test
    void process_atWork_hasLoadedNothingThatLooksForGpus() throws IOException {
        api.invoke(SEARCH);

        assertThat(function.mapped())
                .anyMatch(file -> file.contains("onnxruntime"))
                .noneMatch(file -> file.contains("jna") || file.contains("cuda"));
    }

    @Test
    void process_thatDiesDuringAnInvocation_isReplacedByOneThatAnswers()
            throws IOException, InterruptedException {
        try (var other = RuntimeApi.start()) {
            try (var dying = started("dying.log", other, Map.of())) {
                dying.awaitStart(other);
                other.beginAndLeave(search("what does it cost?", 489));
                dying.kill();
            }
            other.forget();
            try (var next = started("next.log", other, Map.of())) {
                next.awaitStart(other);
                assertThat(other.invoke(SEARCH).json().path("results")).hasSize(5);
            }
        }
    }

    @Test
    void process_firstAskedWithLittleTime_answersFlaggedInIt()
            throws IOException, InterruptedException {
        try (var other = RuntimeApi.start();
                var cold = started("cold.log", other, Map.of())) {
            cold.awaitStart(other);
            Outcome outcome = other.invoke(search("time is short at first", 489, 50));

            // All 489 take most of a second at best. A JVM's first call on a slow host took up to
            // 87 ms.
            assertThat(outcome.json().at("/timings/totalMs").asDouble()).isLessThan(200);
            assertThat(outcome.json().at("/coverage/reason").asText()).isEqualTo("BUDGET_SPENT");
        }
    }

    @Test
    void process_withoutItsIndex_reportsThatAndEnds() throws IOException, InterruptedException {
        Map<String, String> missing =
                Map.of("TANDEM_INDEX_DIR", folder.resolve("nothing").toString());
        try (var other = RuntimeApi.start();
                var failing = started("failing.log", other, missing)) {
            JsonNode error = other.initError();

            assertThat(error.path("errorType").asText())
                    .isEqualTo("dev.tandem.model.IndexException");
            assertThat(error.toString()).doesNotContain(folder.toString());
            assertThat(failing.end()).isNotZero();
            assertThat(failing.log()).contains(missing.get("TANDEM_INDEX_DIR"));
        }
    }

    @Test
    void process_withImpossibleConfiguration_saysWhichKeyAndEnds()
            throws IOException, InterruptedException {
        try (var other = RuntimeApi.start();
                var failing = started("refused.log", other, Map.of("TANDEM_SEARCH_GRACE", "16m"))) {
            assertThat(failing.end()).isNotZero();
            assertThat(failing.log())
                    .contains("tandem.search.grace: got 960000ms, expected 1ms to 15m")
                    .doesNotContain("This is a bug");
        }
    }

    private PackagedFunction started(String log, RuntimeApi its, Map<String, String> more)
            throws IOException {
        Map<String, String> settings = new HashMap<>();
        settings.put(
                "TANDEM_INDEX_DIR", Path.of("target/handbook-index").toAbsolutePath().toString());
        settings.put(
                "QUARKUS_HTTP_HOST_ENABLED", String.valueOf(more.containsKey("QUARKUS_HTTP_PORT")));
        settings.putAll(more);
        return PackagedFunction.start(folder.resolve("task"), its, folder.resolve(log), settings);
    }

    private HttpResponse<String> post(String path, String body)
            throws IOException, InterruptedException {
        var uri = URI.create("http://localhost:" + port + path);
        return CLIENT.send(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
    }

    private static String search(String query) {
        return search(query, 50);
    }

    private static String search(String query, int candidates) {
        return search(query, candidates, 10_000);
    }

    private static String search(String query, int candidates, int budgetMs) {
        return Doors.object()
                .put("query", query)
                .put("candidateCount", candidates)
                .put("budgetMs", budgetMs)
                .toString();
    }

    private static JsonNode withoutTimings(JsonNode answer) {
        JsonNode coverage = answer.path("coverage").deepCopy();
        ((ObjectNode) coverage).remove("fromCache");
        ObjectNode rest = ((ObjectNode) answer.deepCopy()).without(List.of("timings", "work"));
        rest.set("coverage", coverage);
        return rest;
    }
}
