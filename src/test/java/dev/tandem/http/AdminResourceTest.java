package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import dev.tandem.index.Generation;
import dev.tandem.index.GenerationCopy;
import dev.tandem.index.IndexFolder;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AdminResourceTest {

    private static final String COPY = "20990101T000000-000";
    private static final String RELOAD = "/admin/reload";
    private static final String SEARCH =
            "{\"query\": \"zip archive\", \"topK\": 1, \"candidateCount\": 50, \"budgetMs\": 1}";

    private final Path index = ConfigProvider.getConfig().getValue("tandem.index.dir", Path.class);

    @Test
    void reload_nothingNew_saysWhatServes() {
        JsonNode reload = reloaded();

        assertThat(reload.path("generation")).isEqualTo(searched().path("generation"));
        assertThat(reload.path("swapped").isBoolean()).isTrue();
        assertThat(reload.path("swapped").asBoolean()).isFalse();
        assertThat(reload.size()).isEqualTo(2);
    }

    @Test
    void reload_newGeneration_isServedByBothDoorsAndHealth() throws IOException {
        Generation original = new IndexFolder(index).current();
        Path copy = GenerationCopy.of(original, COPY);
        try {
            GenerationCopy.serve(index, COPY);
            JsonNode reload = reloaded();

            assertThat(reload.path("generation").asText()).isEqualTo(COPY);
            assertThat(reload.path("swapped").asBoolean()).isTrue();
            assertThat(searched().path("generation").asText()).isEqualTo(COPY);
            assertThat(Doors.invoke(SEARCH).json().path("generation").asText()).isEqualTo(COPY);
            assertThat(engineData().path("generation").asText()).isEqualTo(COPY);
        } finally {
            GenerationCopy.serve(index, original.id());
            assertThat(reloaded().path("generation").asText()).isEqualTo(original.id());
            GenerationCopy.delete(copy);
        }
    }

    @Test
    void reload_generationMissing_isAProblemAndTheOldOneServesOn() throws IOException {
        String served = new IndexFolder(index).current().id();
        double before = metric("tandem_index_failures_total");
        GenerationCopy.serve(index, COPY);
        try {
            Answer answer = Doors.method("POST", RELOAD);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.contentType()).startsWith("application/problem+json");
            assertThat(answer.json().path("type").asText()).isEqualTo("urn:tandem:problem:index");
            assertThat(answer.body()).doesNotContain(index.toString());
            assertThat(searched().path("generation").asText()).isEqualTo(served);
            assertThat(engineData().path("degraded").asText()).contains(COPY, served);
            assertThat(metric("tandem_index_failures_total")).isGreaterThan(before);
        } finally {
            GenerationCopy.serve(index, served);
            reloaded();
        }
        assertThat(engineData().has("degraded")).isFalse();
    }

    @Test
    void metrics_generations_sayHowManyAreOpenAndHowOldTheServedOneIs() {
        assertThat(metric("tandem_index_open")).isPositive();
        assertThat(metric("tandem_index_created_seconds")).isGreaterThan(1.7e9);
        assertThat(metric("tandem_index_swaps_total")).isNotNegative();
    }

    private static JsonNode reloaded() {
        Answer answer = Doors.method("POST", RELOAD);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static JsonNode searched() {
        return Doors.post(SEARCH).json();
    }

    private static JsonNode engineData() {
        Answer answer = Doors.get("/q/health/ready");
        for (JsonNode check : answer.json().path("checks")) {
            if (check.path("name").asText().equals("search engine")) {
                return check.path("data");
            }
        }
        throw new AssertionError("no check of the search engine in " + answer.body());
    }

    private static double metric(String name) {
        return Doors.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }
}
