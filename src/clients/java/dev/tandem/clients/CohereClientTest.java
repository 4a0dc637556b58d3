package dev.tandem.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Cohere's own client, in Node.js, against a running server. */
@QuarkusTest
@TestInstance(Lifecycle.PER_CLASS)
class CohereClientTest {
    private JsonNode got = Doors.object();

    @BeforeAll
    void call() throws IOException, InterruptedException {
        Node node = Node.in(Path.of("src", "clients", "node"));
        String url = ConfigProvider.getConfig().getValue("test.url", String.class);
        got = Doors.json(node.run("cohere.mjs", url));
    }

    @Test
    void v2_rerank_isRead() {
        assertThat(got.at("/v2/results")).hasSize(3);
        assertThat(got.at("/v2/results/0/index").asInt()).isEqualTo(2);
        assertThat(got.at("/v2/results/0/relevanceScore").asDouble()).isBetween(0.5, 1.0);
        assertThat(got.at("/v2/id").asText()).isNotBlank();
        assertThat(got.at("/v2/meta/apiVersion/version").asText()).isEqualTo("2");
        assertThat(got.at("/v2/meta/billedUnits/searchUnits").asInt()).isEqualTo(1);
        assertThat(got.at("/v2Top/results")).hasSize(1);
    }

    @Test
    void v2_overLongDocuments_areCut() {
        assertThat(got.at("/v2Long/results")).hasSize(2);
        assertThat(got.at("/v2Long/results/0/index").asInt()).isEqualTo(1);
    }

    @Test
    void v2_cutByTheBudget_saysSoInItsWarnings() {
        assertThat(got.at("/v2Late/results").asInt()).isEqualTo(500);
        assertThat(got.at("/v2Late/warnings/0").asText()).startsWith("Time ran out: ");
    }

    @Test
    void v1_rerank_returnsDocuments() {
        assertThat(got.at("/v1/results")).hasSize(2);
        assertThat(got.at("/v1/results/0/document/text").asText()).startsWith("Berlin has");
        assertThat(got.at("/v1/meta/apiVersion/version").asText()).isEqualTo("1");
        assertThat(got.at("/v1Objects/results/0/index").asInt()).isEqualTo(1);
        assertThat(got.at("/v1Objects/results/0/document/text").asText()).startsWith("Berlin has");
    }

    @Test
    void errors_areTheClientsOwn() {
        for (String call : new String[] {"empty", "zero", "blank"}) {
            assertThat(got.path(call).path("kind").asText()).isEqualTo("UnprocessableEntityError");
            assertThat(got.path(call).path("status").asInt()).isEqualTo(422);
        }
        assertThat(got.at("/empty/body/message").asText()).contains("documents: got none");
        assertThat(got.at("/zero/body/message").asText()).contains("top_n: got 0");
        assertThat(got.at("/tooMany/status").asInt()).isEqualTo(413);
    }
}
