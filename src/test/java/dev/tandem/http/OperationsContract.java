package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What an operator asks: is it ready, what does it do, what can it be asked. */
abstract class OperationsContract {

    private static final String SEARCH =
            "{\"query\": \"zip archive\", \"topK\": 1, \"candidateCount\": 50, \"budgetMs\": %d}";

    @Test
    void ready_engineOpen_saysWhatServes() {
        Answer answer = Doors.get("/q/health/ready");
        JsonNode data = engine(answer).path("data");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(data.path("biEncoder").asText()).isEqualTo("bge-small-en-v1.5");
        assertThat(data.path("crossEncoder").asText()).isEqualTo("tandem-minilm-l6");
        assertThat(data.path("cascade").asText()).isEqualTo("off");
        assertThat(data.path("passages").asInt()).isEqualTo(489);
        JsonNode searched = Doors.post(SEARCH.formatted(1)).json();
        assertThat(data.path("generation")).isEqualTo(searched.path("generation"));
        assertThat(data.path("device")).isEqualTo(searched.path("device"));
        assertThat(data.path("cpu").asText()).isNotBlank();
        assertThat(data.path("int8").asText()).isIn("native", "unsigned");
        assertThat(Float.parseFloat(data.path("canaryError").asText())).isBetween(0f, 0.35f);
        assertThat(data.path("scores").asText()).matches("[0-9a-f]{64}");
    }

    @Test
    void live_serverUp_isUp() {
        assertThat(Doors.get("/q/health/live").json().path("status").asText()).isEqualTo("UP");
    }

    @Test
    void metrics_afterSearches_countStagesReasonsAndScored() {
        double spent = metric("tandem_search_seconds_count", "reason=\"BUDGET_SPENT\"");
        double complete = metric("tandem_search_seconds_count", "reason=\"COMPLETE\"");
        double encoded = metric("tandem_search_stage_seconds_count", "stage=\"encode\"");
        double answers = metric("tandem_rerank_scored_pairs_count", "");
        double scored = metric("tandem_rerank_scored_pairs_sum", "");

        int late = Doors.post(SEARCH.formatted(1)).json().at("/coverage/scored").asInt();
        Doors.post(SEARCH.formatted(60_000));

        assertThat(metric("tandem_search_seconds_count", "reason=\"BUDGET_SPENT\""))
                .isEqualTo(spent + 1);
        assertThat(metric("tandem_search_seconds_count", "reason=\"COMPLETE\""))
                .isEqualTo(complete + 1);
        for (String stage : List.of("encode", "retrieve", "rerank")) {
            assertThat(metric("tandem_search_stage_seconds_count", "stage=\"" + stage + '"'))
                    .isEqualTo(encoded + 2);
            assertThat(metric("tandem_search_stage_seconds_sum", "stage=\"" + stage + '"'))
                    .isPositive();
        }
        assertThat(metric("tandem_rerank_scored_pairs_count", "")).isEqualTo(answers + 2);
        assertThat(metric("tandem_rerank_scored_pairs_sum", "")).isEqualTo(scored + late + 50);
    }

    @Test
    void openapi_search_hasRequestAnswerAndProblem() {
        JsonNode api = Doors.get("/q/openapi?format=json").json();
        JsonNode post = api.at("/paths/~1v1~1search/post");
        JsonNode schemas = api.at("/components/schemas");

        assertThat(post.at("/requestBody/content/application~1json/schema/$ref").asText())
                .endsWith("/SearchRequest");
        assertThat(post.at("/responses/200/content/application~1json/schema/$ref").asText())
                .endsWith("/SearchAnswer");
        assertThat(post.at("/responses/400/content/application~1problem+json/schema/$ref").asText())
                .endsWith("/Problem");
        assertThat(names(post.path("responses")))
                .contains("200", "400", "413", "422", "429", "503");
        assertThat(names(schemas.at("/SearchRequest/properties")))
                .containsExactlyInAnyOrder(
                        "query",
                        "topK",
                        "candidateCount",
                        "budgetMs",
                        "filter",
                        "order",
                        "longPassages",
                        "minScore",
                        "earlyStop");
        assertThat(schemas.at("/SearchRequest/properties/filter/type").toString())
                .contains("object");
        assertThat(schemas.at("/SearchRequest/properties/filter/description").asText())
                .contains("ISO 8601");
        assertThat(schemas.at("/SearchRequest/required").toString()).isEqualTo("[\"query\"]");
        assertThat(schemas.at("/SearchRequest/properties/topK/maximum").asInt()).isEqualTo(1_000);
        assertThat(names(schemas.at("/SearchAnswer/properties")))
                .containsExactlyInAnyOrder(
                        "results",
                        "query",
                        "coverage",
                        "walk",
                        "timings",
                        "work",
                        "generation",
                        "device");
        assertThat(api.at("/paths/~1v1~1search/get/parameters").findValuesAsText("name"))
                .containsExactlyInAnyOrder(
                        "q",
                        "topK",
                        "candidateCount",
                        "budgetMs",
                        "filter",
                        "order",
                        "longPassages",
                        "minScore",
                        "earlyStop");
    }

    @Test
    void swaggerUi_isServed() {
        Answer answer = Doors.get("/q/swagger-ui/");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("text/html");
        assertThat(answer.body()).contains("/q/openapi");
    }

    private static JsonNode engine(Answer answer) {
        for (JsonNode check : answer.json().path("checks")) {
            if (check.path("name").asText().equals("search engine")) {
                return check;
            }
        }
        throw new AssertionError("no check of the search engine in " + answer.body());
    }

    private static double metric(String name, String label) {
        return Doors.metric(name, label);
    }

    private static Set<String> names(JsonNode object) {
        var names = new TreeSet<String>();
        object.properties().stream().map(Map.Entry::getKey).forEach(names::add);
        return names;
    }
}
