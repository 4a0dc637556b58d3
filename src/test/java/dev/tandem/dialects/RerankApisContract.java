package dev.tandem.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each shape field by field, on a running server. */
abstract class RerankApisContract {
    private static final String QUERY = "'query': 'How many people live in Berlin?'";
    private static final String DOCUMENTS =
            "'documents': ['Tea is made with hot water.', 'New York City is famous for its museums.',"
                    + " 'Berlin has a population of 3,520,031 registered inhabitants.']";
    private static final String TEXTS = DOCUMENTS.replace("documents", "texts");
    private static final int ANSWER = 2;

    @Test
    void cohereV2_aRequest_hasItsFieldsAndNoDocuments() {
        JsonNode answer = ok("/v2/rerank", "'model': 'rerank-v3.5', " + QUERY + ", " + DOCUMENTS);

        assertThat(fields(answer)).containsExactlyInAnyOrder("id", "results", "meta");
        assertThat(answer.path("id").asText()).matches("[0-9a-f-]{36}");
        assertThat(answer.at("/meta/api_version/version").asText()).isEqualTo("2");
        assertThat(answer.at("/meta/api_version/is_experimental").asBoolean()).isFalse();
        assertThat(answer.at("/meta/billed_units/search_units").asInt()).isEqualTo(1);
        assertThat(answer.at("/meta/tokens/input_tokens").asInt()).isPositive();
        assertThat(answer.path("meta").has("warnings")).isFalse();
        assertThat(answer.path("results")).hasSize(3);
        for (JsonNode result : answer.path("results")) {
            assertThat(fields(result)).containsExactlyInAnyOrder("index", "relevance_score");
        }
        assertRanked(answer.path("results"), "relevance_score");
    }

    @Test
    void cohereV1_withItsMarks_hasItsFieldsAndDocuments() {
        String objects =
                "'documents': [{'text': 'Tea.'}, {'title': 'Berlin', 'text': 'It has 3.5 million"
                        + " inhabitants.'}]";
        JsonNode answer =
                ok(
                        "/v1/rerank",
                        QUERY
                                + ", "
                                + objects
                                + ", 'return_documents': true, 'top_n': 1,"
                                + " 'rank_fields': ['title', 'text']");

        assertThat(fields(answer)).containsExactlyInAnyOrder("id", "results", "meta");
        assertThat(answer.at("/meta/api_version/version").asText()).isEqualTo("1");
        assertThat(answer.path("results")).hasSize(1);
        assertThat(answer.at("/results/0/index").asInt()).isEqualTo(1);
        assertThat(answer.at("/results/0/document/title").asText()).isEqualTo("Berlin");
        assertThat(answer.at("/results/0/document/text").asText()).contains("3.5 million");
    }

    @Test
    void jina_byItsModel_hasItsFieldsAndDocuments() {
        JsonNode answer =
                ok(
                        "/v1/rerank",
                        "'model': 'jina-reranker-v2-base-multilingual', 'return_documents': true, "
                                + QUERY
                                + ", "
                                + DOCUMENTS);

        assertThat(fields(answer))
                .containsExactlyInAnyOrder("model", "results", "usage", "coverage");
        assertThat(answer.path("model").asText()).isEqualTo("tandem-minilm-l6");
        assertThat(answer.at("/usage/total_tokens").asInt())
                .isPositive()
                .isEqualTo(answer.at("/usage/prompt_tokens").asInt());
        assertThat(answer.at("/results/0/document/text").asText()).startsWith("Berlin has");
        assertRanked(answer.path("results"), "relevance_score");
    }

    @Test
    void v1_fromWhoCouldBeEither_hasTheFieldsOfBoth() {
        JsonNode answer = ok("/v1/rerank", "'model': 'mine', " + QUERY + ", " + DOCUMENTS);

        assertThat(fields(answer))
                .containsExactlyInAnyOrder("id", "model", "results", "meta", "usage", "coverage");
        assertThat(answer.at("/meta/billed_units/search_units").asInt()).isEqualTo(1);
        assertRanked(answer.path("results"), "relevance_score");
    }

    @Test
    void tei_aRequest_isABareArray() {
        Answer answer = Doors.postTo("/rerank", json(QUERY + ", " + TEXTS));

        assertThat(answer.json().isArray()).isTrue();
        for (JsonNode rank : answer.json()) {
            assertThat(fields(rank)).containsExactlyInAnyOrder("index", "score");
        }
        assertRanked(answer.json(), "score");
        assertThat(answer.header("x-compute-type")).isEqualTo("cpu");
        assertThat(answer.header("x-compute-characters"))
                .isEqualTo(String.valueOf(31 + 27 + 40 + 60));
        for (String header : List.of("x-compute-tokens", "x-compute-time", "x-total-time")) {
            assertThat(Long.parseLong(answer.header(header))).isPositive();
        }
    }

    @Test
    void tei_rawScoresAndTexts_areTheModelsOutputs() {
        JsonNode scores = ok("/rerank", QUERY + ", " + TEXTS);
        JsonNode raw =
                ok("/rerank", QUERY + ", " + TEXTS + ", 'raw_scores': true, 'return_text': true");

        assertThat(raw.at("/0/text").asText()).startsWith("Berlin has");
        for (int i = 0; i < 3; i++) {
            double logit = raw.get(i).path("score").asDouble();
            double score = scores.get(i).path("score").asDouble();
            assertThat(1 / (1 + Math.exp(-logit))).isCloseTo(score, within());
        }
    }

    @Test
    void plainRerank_withDocuments_isJinas() {
        JsonNode answer = ok("/rerank", QUERY + ", " + DOCUMENTS);

        assertThat(fields(answer)).contains("model", "results", "usage");
        assertRanked(answer.path("results"), "relevance_score");
    }

    @Test
    void allShapes_ofOneQuestion_giveTheSameScores() {
        JsonNode cohere = ok("/v2/rerank", QUERY + ", " + DOCUMENTS).path("results");
        JsonNode jina = ok("/v1/rerank", QUERY + ", " + DOCUMENTS).path("results");
        JsonNode tei = ok("/rerank", QUERY + ", " + TEXTS);

        for (int i = 0; i < 3; i++) {
            double score = cohere.get(i).path("relevance_score").asDouble();
            assertThat(jina.get(i).path("relevance_score").asDouble()).isEqualTo(score);
            assertThat(tei.get(i).path("score").asDouble()).isEqualTo(score);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/rerank", "/v2/rerank"})
    void documents_longOnes_areCutWhereTheRequestSays(String path) {
        String filler = "tea and water and milk and sugar ".repeat(60);
        String body = "'documents': ['" + filler + " Berlin has 3,520,031 inhabitants.'], " + QUERY;
        double head = scoreOf(ok(path, body + ", 'max_tokens_per_doc': 50"));
        double chunks = scoreOf(ok(path, body + ", 'max_chunks_per_doc': 10"));

        assertThat(chunks).isGreaterThan(head);
    }

    @Test
    void tei_longTexts_areCutOnEitherSideOrRefused() {
        String filler = "tea and water and milk and sugar ".repeat(60);
        String body = "'texts': ['" + filler + " Berlin has 3,520,031 inhabitants.'], " + QUERY;
        double right = ok("/rerank", body).at("/0/score").asDouble();
        double left =
                ok("/rerank", body + ", 'truncate': true, 'truncation_direction': 'Left'")
                        .at("/0/score")
                        .asDouble();
        Answer refused = Doors.postTo("/rerank", json(body + ", 'truncate': false"));

        assertThat(left).isGreaterThan(right);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("error_type").asText()).isEqualTo("Validation");
        assertThat(refused.json().path("error").asText()).contains("texts[0]", "tokens, expected");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/rerank, documents, relevance_score",
        "/v1/rerank, documents, relevance_score",
        "/rerank, texts, score"
    })
    void budget_thatIsShort_givesAllTextsAndSaysHowManyWereScored(
            String path, String name, String score) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            texts.add("\"Berlin has a population of " + i + " million registered inhabitants.\"");
        }
        String body = json(QUERY + ", '" + name + "': ").replaceFirst("}$", "") + texts + "}";
        Answer byHeader = Doors.postTo(path, body, "X-Tandem-Budget-Ms", "60");
        Answer byField = Doors.postTo(path, body.replaceFirst("\\{", "{\"budgetMs\": 60, "));

        for (Answer answer : List.of(byHeader, byField)) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.header("X-Tandem-Coverage")).isEqualTo("BUDGET_SPENT");
            assertThat(answer.header("X-Tandem-Requested")).isEqualTo("400");
            assertThat(Integer.parseInt(answer.header("X-Tandem-Scored"))).isLessThan(400);
            JsonNode results =
                    answer.json().isArray() ? answer.json() : answer.json().path("results");
            assertThat(results).hasSize(400);
            assertFalling(results, score);
        }
    }

    @Test
    void cohereV2_cutShort_warns() {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            texts.add("\"Text number " + i + " of many that are to be read.\"");
        }
        String body = json(QUERY + ", 'budgetMs': 50, 'documents': ").replaceFirst("}$", "");
        JsonNode answer = Doors.postTo("/v2/rerank", body + texts + "}").json();

        assertThat(answer.at("/meta/warnings/0").asText()).startsWith("Time ran out: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'query': 'a' | 422 | documents: got none",
                "'documents': ['a'] | 422 | query: got nothing",
                "'query': 'a', 'documents': [] | 422 | documents: got none",
                "'query': 'a', 'documents': 'a' | 400 | documents: got a string",
                "'query': 'a', 'documents': [5] | 400 | documents[0]: expected a string",
                "'query': 'a', 'documents': [null] | 400 | documents[0]: expected a string",
                "'query': 'a', 'documents': [{'body': 'b'}] | 422 | documents[0]: has no string",
                "'query': 'a', 'documents': ['b'], 'top_n': 0 | 422 | top_n: got 0",
                "'query': 'a', 'documents': ['b'], 'top_n': 'x' | 400 | top_n: got a string",
                "'query': 'a', 'documents': ['b'], 'max_tokens_per_doc': 0 | 422 | max_tokens_per",
                "'query': 'a', 'documents': ['b'], 'budgetMs': 0 | 422 | budgetMs: got 0",
                "'query': 'a', 'documents': ['\\ud800'] | 400 | documents[0]: has half of a surr",
                "'query': '', 'documents': ['b'] | 422 | query: got nothing"
            })
    void cohereAndJina_aBadRequest_areRefusedInTheirShapes(String body, int status, String said) {
        Answer cohere = Doors.postTo("/v2/rerank", json(body));
        Answer jina = Doors.postTo("/v1/rerank", json(body));

        assertThat(cohere.status()).as(cohere.body()).isEqualTo(status);
        assertThat(fields(cohere.json())).containsExactlyInAnyOrder("id", "message");
        assertThat(cohere.json().path("message").asText()).contains(said);
        assertThat(jina.status()).isEqualTo(status);
        assertThat(jina.json().path("detail").asText()).contains(said);
        assertThat(jina.json().path("message").asText()).contains(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'query': 'a', 'texts': [] | 400 | Empty | texts: got none",
                "'query': 'a' | 400 | Empty | texts: got none",
                "'query': '', 'texts': ['b'] | 422 | Validation | query: got nothing",
                "'query': 'a', 'texts': [null] | 400 | Validation | texts[0]: got null",
                "'query': 'a', 'texts': [{}] | 400 | Validation | got an object, expected a str",
                "'query': 'a', 'texts': ['b'], 'truncation_direction': 'up' | 422 | Validation |"
                        + " expected left or right"
            })
    void tei_aBadRequest_isRefusedInItsShape(String body, int status, String type, String said) {
        Answer answer = Doors.postTo("/rerank", json(body));

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(fields(answer.json())).containsExactlyInAnyOrder("error", "error_type");
        assertThat(answer.json().path("error_type").asText()).isEqualTo(type);
        assertThat(answer.json().path("error").asText()).contains(said);
    }

    @Test
    void texts_moreOrLongerThanMayBe_areRefused() {
        String many = "'documents': [" + "'a',".repeat(1_000) + "'a'], 'query': 'a'";
        String large = "'texts': ['" + "a ".repeat(50_001) + "'], 'query': 'a'";

        assertThat(Doors.postTo("/v2/rerank", json(many)).status()).isEqualTo(413);
        assertThat(Doors.postTo("/rerank", json(large)).status()).isEqualTo(413);
    }

    @Test
    void body_aboveTheLimit_isRefusedInTheShapeOfThePath() {
        String huge = "{\"query\": \"" + "a".repeat(9 << 20) + "\"}";

        assertThat(Doors.postTo("/v2/rerank", huge).json().path("message").asText())
                .contains("bytes, expected at most");
        assertThat(Doors.postTo("/rerank", huge).json().path("error").asText())
                .contains("bytes, expected at most");
    }

    @Test
    void texts_thatAreEmpty_areRankedToo() {
        JsonNode answer = ok("/v2/rerank", QUERY + ", 'documents': ['', 'Berlin has 3 million.']");

        assertThat(answer.at("/results/0/index").asInt()).isEqualTo(1);
        assertThat(answer.path("results")).hasSize(2);
    }

    private static JsonNode ok(String path, String body) {
        Answer answer = Doors.postTo(path, json(body));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("application/json");
        assertThat(answer.header("X-Tandem-Coverage")).isEqualTo("COMPLETE");
        return answer.json();
    }

    /** Members of an object, with single quotes for double ones. */
    private static String json(String members) {
        return "{" + members.replace('\'', '"') + "}";
    }

    private static double scoreOf(JsonNode answer) {
        return answer.at("/results/0/relevance_score").asDouble();
    }

    private static void assertRanked(JsonNode results, String score) {
        assertThat(results.at("/0/index").asInt()).isEqualTo(ANSWER);
        assertThat(results.at("/0/" + score).asDouble()).isBetween(0.5, 1.0);
        assertFalling(results, score);
    }

    private static void assertFalling(JsonNode results, String score) {
        List<Double> scores = new ArrayList<>();
        results.forEach(result -> scores.add(result.path(score).asDouble()));
        assertThat(scores).isSortedAccordingTo(Comparator.reverseOrder());
    }

    private static List<String> fields(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-6);
    }
}
