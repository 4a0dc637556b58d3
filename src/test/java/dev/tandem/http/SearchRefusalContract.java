package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import dev.tandem.fixtures.Refusals;
import dev.tandem.fixtures.Refusals.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

abstract class SearchRefusalContract {

    static Stream<Refusal> refusals() {
        return Stream.concat(Refusals.json().stream(), Refusals.broken().stream());
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void post_aBadRequest_isRefusedByName(Refusal refusal) {
        checkRefusal(
                Doors.post(refusal.body()), refusal.status(), refusal.field(), refusal.detail());
    }

    @Test
    void post_severalBadValues_namesThemAll() {
        JsonNode problem =
                checkProblem(
                        Doors.post(
                                "{\"query\": \"\", \"topK\": 0, \"candidateCount\": 49, \"budgetMs\": 0}"),
                        422);

        assertThat(problem.path("violations").findValuesAsText("field"))
                .containsExactlyInAnyOrder("query", "topK", "candidateCount", "budgetMs");
        for (String field : problem.path("violations").findValuesAsText("field")) {
            assertThat(problem.path("detail").asText()).contains(field + ": got ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "fffe", "c328", "c0af", "eda080", "f8888080"})
    void post_bytesThatAreNotUtf8_isRefused(String hex) {
        byte[] text = join("{\"query\": \"", HexFormat.of().parseHex(hex), "\"}");
        byte[] name = join("{\"", HexFormat.of().parseHex(hex), "\": 1}");

        JsonNode problem = checkProblem(Doors.post(text), 400);
        assertThat(problem.path("detail").asText()).doesNotContain("whole number");
        checkProblem(Doors.post(name), 400);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/search, 422, q, 'got nothing, expected'",
        "/v1/search?q=, 422, q, 'got nothing, expected'",
        "/v1/search?q=%20%09, 422, q, 'got nothing, expected'",
        "/v1/search?topK=3, 422, q, 'got nothing, expected'",
        "/v1/search?q=a&top_k=3, 400, top_k, 'unknown parameter; known are q, topK'",
        "/v1/search?q=a&q=b, 400, q, 'got it 2 times, expected it once'",
        "/v1/search?q=a&topK=abc, 400, topK, 'got \"abc\", expected a whole number'",
        "/v1/search?q=a&topK=1.5, 400, topK, 'got \"1.5\", expected a whole number'",
        "/v1/search?q=a&topK=99999999999, 400, topK, 'got \"99999999999\", expected'",
        "/v1/search?q=a&candidateCount=x, 400, candidateCount, 'got \"x\", expected'",
        "/v1/search?q=a&budgetMs=1s, 400, budgetMs, 'got \"1s\", expected'",
        "/v1/search?q=a&topK=0, 422, topK, 'got 0, expected'",
        "/v1/search?q=a&topK=60&candidateCount=50, 422, topK, 'got 60, expected at most'",
        "/v1/search?q=a&candidateCount=49, 422, candidateCount, 'got 49, expected'",
        "/v1/search?q=a&filter=%7B, 400, filter, 'not JSON: '",
        "/v1/search?q=a&filter=5, 400, filter, 'got a number, expected an object such as'",
        "/v1/search?q=a&filter=lang:java, 400, filter, 'not JSON: '",
        "/v1/search?q=a&filter=%7B%22x%22:1%7D, 422, filter, 'no passage has the field \"x\"'",
        "/v1/search?q=a&filter=%7B%22x%22:[]%7D, 400, filter.x, 'got an array, expected'",
        "/v1/search?q=a&order=best, 422, order, 'got \"best\", expected blend, replace or rrf'",
        "/v1/search?q=a&longPassages=tail, 422, longPassages, 'got \"tail\", expected head'",
        "/v1/search?q=a&minScore=NaN, 400, minScore, 'got \"NaN\", expected a number'",
        "/v1/search?q=a&minScore=high, 400, minScore, 'got \"high\", expected a number'",
        "/v1/search?q=a&minScore=2, 422, minScore, 'got 2.0, expected a number from 0 to 1'",
        "/v1/search?q=a&earlyStop=yes, 400, earlyStop, 'got \"yes\", expected true or false'",
        "/v1/search?q=a&budgetMs=-1, 422, budgetMs, 'got -1, expected'"
    })
    void get_aBadRequest_isRefusedByName(String path, int status, String field, String detail) {
        checkRefusal(Doors.get(path), status, field, detail);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nope",
                "/page",
                "/page/",
                "/page/nope",
                "/v1",
                "/v1/nope",
                "/v1/search/more",
                "/v2/search"
            })
    void get_anUnknownPath_isNotFound(String path) {
        checkProblem(Doors.get(path), 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH"})
    void method_thatIsNotOffered_isNotAllowed(String method) {
        checkProblem(Doors.method(method, "/v1/search"), 405);
    }

    @Test
    void post_contentTypeThatIsNone_isRefused() {
        checkProblem(Doors.post("{\"query\": \"a\"}", ";;;"), 415);
    }

    @Test
    void post_aBodyAboveTheLimit_isRefused() {
        checkProblem(Doors.post("{\"query\": \"" + "a".repeat(9 << 20) + "\"}"), 413);
    }

    private static void checkRefusal(Answer answer, int status, String field, String detail) {
        JsonNode problem = checkProblem(answer, status);
        assertThat(problem.path("type").asText()).isEqualTo("urn:tandem:problem:invalid-request");
        List<String> details = new ArrayList<>();
        for (JsonNode violation : problem.path("violations")) {
            if (violation.path("field").asText().equals(field)) {
                details.add(violation.path("detail").asText());
            }
        }
        assertThat(details).as(answer.body()).singleElement().asString().contains(detail);
    }

    /** A problem as RFC 9457 has it, that shows nothing of the inside. */
    private static JsonNode checkProblem(Answer answer, int status) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.body().length()).isLessThan(2_000);
        assertThat(answer.body())
                .doesNotContain("Exception", "java.", "com.fasterxml", "dev.tandem", "\\tat ")
                .doesNotContain("Source:", "/work", "/home", "/tmp", "target/");
        JsonNode problem = answer.json();
        assertThat(problem.path("type").asText()).startsWith("urn:tandem:problem:");
        assertThat(problem.path("title").asText()).isNotBlank();
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("detail").asText()).isNotBlank();
        return problem;
    }

    private static byte[] join(String before, byte[] bytes, String after) {
        var joined = new ByteArrayOutputStream();
        joined.writeBytes(before.getBytes(StandardCharsets.US_ASCII));
        joined.writeBytes(bytes);
        joined.writeBytes(after.getBytes(StandardCharsets.US_ASCII));
        return joined.toByteArray();
    }
}
