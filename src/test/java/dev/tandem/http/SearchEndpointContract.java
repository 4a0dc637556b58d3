package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

abstract class SearchEndpointContract {

    private static final Path CORPUS = Path.of("samples", "handbook", "corpus.jsonl");
    private static final int PASSAGES = 489;
    private static final String QUERY = "how large may a zip archive be?";

    @Test
    void post_aQuery_hasExactlyTheContractsFields() {
        JsonNode answer = ok(Doors.post("{\"query\": \"" + QUERY + "\"}"));

        assertThat(names(answer))
                .containsExactly(
                        "results",
                        "query",
                        "coverage",
                        "walk",
                        "timings",
                        "work",
                        "generation",
                        "device");
        assertThat(names(answer.path("query"))).containsExactly("tokensIn", "tokensUsed");
        assertThat(names(answer.path("work")))
                .containsExactly(
                        "runs",
                        "pairs",
                        "tokens",
                        "paddedTokens",
                        "predictedMs",
                        "measuredMs",
                        "remotePairs");
        assertThat(names(answer.path("walk")))
                .containsExactly("visited", "expanded", "complete", "temperature", "bytesRead");
        assertThat(names(answer.path("coverage")))
                .containsExactly(
                        "requested",
                        "planned",
                        "scored",
                        "preranked",
                        "cancelled",
                        "fromCache",
                        "reason");
        assertThat(names(answer.path("timings")))
                .containsExactly("encodeMs", "retrieveMs", "rerankMs", "assembleMs", "totalMs");
        double parts =
                Stream.of("encodeMs", "retrieveMs", "rerankMs", "assembleMs")
                        .mapToDouble(part -> answer.path("timings").path(part).asDouble())
                        .sum();
        assertThat(parts).isCloseTo(answer.at("/timings/totalMs").asDouble(), Offset.offset(0.003));
        for (JsonNode hit : answer.path("results")) {
            assertThat(names(hit))
                    .containsExactly(
                            "rank",
                            "id",
                            "score",
                            "stage",
                            "rerankScore",
                            "similarity",
                            "retrieveRank",
                            "tokensIn",
                            "tokensUsed",
                            "span",
                            "title",
                            "text",
                            "metadata");
        }
        assertThat(answer.path("generation").asText()).matches("[0-9A-Za-z-]+");
        assertThat(answer.path("device").asText()).isNotEmpty();
    }

    @Test
    void post_withoutNumbers_takesTheDefaults() {
        JsonNode answer = ok(Doors.post("{\"query\": \"" + QUERY + "\"}"));

        assertThat(answer.path("results")).hasSize(10);
        assertThat(answer.path("coverage").path("requested").asInt()).isEqualTo(100);
    }

    @Test
    void post_nullNumbers_takeTheDefaults() {
        JsonNode answer =
                ok(
                        Doors.post(
                                "{\"query\": \"%s\", \"topK\": null, \"candidateCount\": null, \"budgetMs\": null}"
                                        .formatted(QUERY)));

        assertThat(answer.path("results")).hasSize(10);
        assertThat(answer.path("coverage").path("requested").asInt()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({"1, 50", "3, 77", "50, 50", "200, 1000"})
    void post_topKAndCandidateCount_areObeyed(int topK, int candidateCount) {
        JsonNode answer = ok(Doors.post(body(QUERY, topK, candidateCount, 300)));

        assertThat(answer.path("results")).hasSize(topK);
        assertThat(answer.path("coverage").path("requested").asInt()).isEqualTo(candidateCount);
        checkOrder(answer, candidateCount);
        checkCoverage(answer);
    }

    @Test
    void post_topKAboveTheDefaultCandidateCount_raisesIt() {
        JsonNode answer = ok(Doors.post("{\"query\": \"x\", \"topK\": 120, \"budgetMs\": 50}"));

        assertThat(answer.path("results")).hasSize(120);
        assertThat(answer.path("coverage").path("requested").asInt()).isEqualTo(120);
    }

    @Test
    void post_noBudgetPressure_scoresEveryCandidate() {
        JsonNode answer = ok(Doors.post(body(QUERY, 50, 50, 60_000)));

        JsonNode coverage = answer.path("coverage");
        assertThat(coverage.path("reason").asText()).isEqualTo("COMPLETE");
        assertThat(coverage.path("planned").asInt()).isEqualTo(50);
        assertThat(coverage.path("scored").asInt()).isEqualTo(50);
        assertThat(coverage.path("cancelled").asInt()).isZero();
        for (JsonNode hit : answer.path("results")) {
            assertThat(hit.path("stage").asText()).isEqualTo("rerank");
        }
        checkOrder(answer, 50);
        checkCoverage(answer);
    }

    @Test
    void post_aPassagesOwnTitle_findsIt() {
        JsonNode answer = ok(Doors.post(body("Package size limits: zip archive", 3, 50, 60_000)));

        assertThat(answer.path("results").path(0).path("id").asText()).isEqualTo("deploying-001");
    }

    @Test
    void post_hits_carryThePassageAsItStandsInTheCorpus() throws IOException {
        Map<String, ObjectNode> corpus = new HashMap<>();
        for (String line : Files.readAllLines(CORPUS)) {
            var passage = (ObjectNode) Doors.json(line);
            corpus.put(passage.path("_id").asText(), passage);
        }

        for (JsonNode hit : ok(Doors.post(body(QUERY, 50, 50, 1))).path("results")) {
            String id = hit.path("id").asText();
            var passage = Objects.requireNonNull(corpus.get(id), id).deepCopy();
            passage.remove("_id");
            assertThat(hit.path("title")).isEqualTo(passage.remove("title"));
            assertThat(hit.path("text")).isEqualTo(passage.remove("text"));
            assertThat(hit.path("metadata")).isEqualTo(passage);
        }
    }

    @Test
    void post_oneMillisecond_answersInStageOnesOrderAndSaysSo() {
        JsonNode answer = ok(Doors.post(body(QUERY, 20, 100, 1)));

        assertThat(answer.path("coverage").path("reason").asText()).isEqualTo("BUDGET_SPENT");
        assertThat(answer.path("results")).hasSize(20);
        checkOrder(answer, 100);
        checkCoverage(answer);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 15, 30, 60, 120, 240})
    void post_anyBudget_keepsStagesApartAndSumsRight(int budgetMs) {
        JsonNode answer = ok(Doors.post(body(QUERY, 300, 300, budgetMs)));

        checkOrder(answer, 300);
        checkCoverage(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "application/x-www-form-urlencoded",
                "text/plain",
                "application/octet-stream",
                "multipart/form-data"
            })
    void post_anyContentType_isReadAsJson(String contentType) {
        assertThat(ok(Doors.post(body(QUERY, 2, 50, 50), contentType)).path("results")).hasSize(2);
    }

    @Test
    void get_allParameters_answersLikePost() {
        JsonNode posted = ok(Doors.post(body("zip archive?", 4, 60, 60_000)));
        JsonNode got =
                ok(
                        Doors.get(
                                "/v1/search?q=zip%20archive%3F&topK=4&candidateCount=60&budgetMs=60000"));

        assertThat(withoutTimings(got)).isEqualTo(withoutTimings(posted));
    }

    @Test
    void get_onlyQ_takesTheDefaults() {
        JsonNode answer = ok(Doors.get("/v1/search?q=%C3%BCber%20Gr%C3%B6%C3%9Fen"));

        assertThat(answer.path("results")).hasSize(10);
        assertThat(answer.path("coverage").path("requested").asInt()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'topic': 'network'}",
                "{'topic': 'network', 'kind': 'concept'}",
                "{'topic': {'in': ['network', 'deploying']}, 'words': {'gte': 60, 'lt': 80}}",
                "{'not': {'or': [{'topic': 'network'}, {'words': {'gt': 70}}]}}",
                "{'.words': 88}"
            })
    void post_aFilter_findsWhatFitsAndNothingElse(String filter) throws IOException {
        String json = filter.replace('\'', '"');
        List<String> fits = idsThatFit(filter);
        assertThat(fits).isNotEmpty();

        JsonNode answer =
                ok(
                        Doors.post(
                                "{\"query\": \"%s\", \"topK\": 1000, \"budgetMs\": 1, \"filter\": %s}"
                                        .formatted(QUERY, json)));

        assertThat(answer.path("results").findValuesAsText("id"))
                .containsExactlyInAnyOrderElementsOf(fits);
        assertThat(answer.at("/coverage/planned").asInt()).isBetween(0, fits.size());
    }

    @Test
    void post_aFilterThatNothingFits_isACompleteEmptyAnswer() {
        JsonNode answer = ok(Doors.post("{\"query\": \"a\", \"filter\": {\"topic\": \"tea\"}}"));

        assertThat(answer.path("results")).isEmpty();
        assertThat(answer.path("coverage").path("planned").asInt()).isZero();
        assertThat(answer.path("coverage").path("reason").asText()).isEqualTo("COMPLETE");
    }

    @Test
    void post_aNullFilter_findsEverything() {
        JsonNode answer = ok(Doors.post("{\"query\": \"a\", \"filter\": null, \"budgetMs\": 1}"));

        assertThat(answer.path("results")).hasSize(10);
    }

    @Test
    void get_aFilter_answersLikePost() {
        String filter = "{\"topic\": \"network\", \"words\": {\"lt\": 60}}";
        JsonNode posted =
                ok(
                        Doors.post(
                                "{\"query\": \"vpc\", \"budgetMs\": 60000, \"filter\": %s}"
                                        .formatted(filter)));
        JsonNode got =
                ok(
                        Doors.get(
                                "/v1/search?q=vpc&budgetMs=60000&filter="
                                        + URLEncoder.encode(filter, StandardCharsets.UTF_8)));

        assertThat(posted.path("results")).isNotEmpty();
        assertThat(withoutTimings(got)).isEqualTo(withoutTimings(posted));
    }

    /** The filters of the tests, by hand. */
    private static List<String> idsThatFit(String filter) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String line : Files.readAllLines(CORPUS)) {
            JsonNode passage = Doors.json(line);
            String topic = passage.path("topic").asText();
            int words = passage.path("words").asInt();
            boolean network = topic.equals("network");
            boolean fits =
                    switch (filter) {
                        case "{'topic': 'network'}" -> network;
                        case "{'topic': 'network', 'kind': 'concept'}" ->
                                network && passage.path("kind").asText().equals("concept");
                        case "{'.words': 88}" -> words == 88;
                        case "{'not': {'or': [{'topic': 'network'}, {'words': {'gt': 70}}]}}" ->
                                !(network || words > 70);
                        default ->
                                (network || topic.equals("deploying")) && words >= 60 && words < 80;
                    };
            if (fits) {
                ids.add(passage.path("_id").asText());
            }
        }
        return ids;
    }

    private static JsonNode ok(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("application/json");
        return answer.json();
    }

    private static String body(String query, int topK, int candidateCount, int budgetMs) {
        return "{\"query\": \"%s\", \"topK\": %d, \"candidateCount\": %d, \"budgetMs\": %d}"
                .formatted(query, topK, candidateCount, budgetMs);
    }

    /** All but what is measured. */
    private static JsonNode withoutTimings(JsonNode answer) {
        return ((ObjectNode) answer.deepCopy()).without(List.of("timings", "work"));
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Ranks count up, scores fall, and what the cross-encoder did not see stands below. */
    private static void checkOrder(JsonNode answer, int candidateCount) {
        double last = 1;
        boolean retrieved = false;
        int rank = 0;
        List<Integer> retrieveRanks = new ArrayList<>();
        for (JsonNode hit : answer.path("results")) {
            assertThat(hit.path("rank").asInt()).isEqualTo(++rank);
            assertThat(hit.path("score").asDouble()).isBetween(0.0, last);
            assertThat(hit.path("similarity").asDouble()).isBetween(-1.0, 1.0);
            assertThat(hit.path("retrieveRank").asInt()).isBetween(1, candidateCount);
            boolean reranked = hit.path("stage").asText().equals("rerank");
            assertThat(hit.path("stage").asText()).isIn("rerank", "retrieve");
            assertThat(hit.path("rerankScore").isNull()).isEqualTo(!reranked);
            assertThat(reranked && retrieved).as("rerank below retrieve").isFalse();
            retrieved |= !reranked;
            last = hit.path("score").asDouble();
            retrieveRanks.add(hit.path("retrieveRank").asInt());
        }
        assertThat(retrieveRanks).doesNotHaveDuplicates();
    }

    private static void checkCoverage(JsonNode answer) {
        JsonNode coverage = answer.path("coverage");
        int requested = coverage.path("requested").asInt();
        int planned = coverage.path("planned").asInt();
        int scored = coverage.path("scored").asInt();
        int cancelled = coverage.path("cancelled").asInt();
        int reranked = 0;
        for (JsonNode hit : answer.path("results")) {
            reranked += hit.path("stage").asText().equals("rerank") ? 1 : 0;
        }
        assertThat(planned).isBetween(0, requested);
        assertThat(cancelled).isNotNegative();
        assertThat(scored + cancelled).isLessThanOrEqualTo(planned);
        assertThat(coverage.path("preranked").asInt(-1)).as("no cascade").isZero();
        assertThat(coverage.path("fromCache").asInt()).isBetween(0, scored);
        assertThat(reranked).isEqualTo(Math.min(scored, answer.path("results").size()));
        assertThat(coverage.path("reason").asText())
                .isEqualTo(scored == Math.min(requested, PASSAGES) ? "COMPLETE" : "BUDGET_SPENT");
    }
}
