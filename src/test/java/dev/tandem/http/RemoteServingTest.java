package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.RerankServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is to run on CUDA, which is not there, and beside a remote of another model. */
@QuarkusTest
@TestProfile(RemoteServingTest.Asking.class)
@Timeout(120)
class RemoteServingTest {

    public static class Asking implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("tandem.rerank.device", "cuda");
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(OtherModel.class));
        }
    }

    /** Says of every text that it is as good as any other. */
    public static class OtherModel implements QuarkusTestResourceLifecycleManager {
        private @Nullable RerankServer server;

        @Override
        public Map<String, String> start() {
            server = RerankServer.start((_, _) -> 1);
            return Map.of("tandem.rerank.remote.url", "http://127.0.0.1:" + server.port());
        }

        @Override
        public void stop() {
            Objects.requireNonNull(server).close();
        }
    }

    @Test
    void ready_servesWorseThanAsked_isUpAndSaysSo() throws InterruptedException {
        JsonNode data = data();
        while (!data.path("remote").asText().contains("runs another model")) {
            Thread.sleep(Duration.ofMillis(50));
            data = data();
        }

        assertThat(data.path("degraded").asText())
                .contains("The remote reranker http://127.0.0.1:")
                .contains("runs another model");
        assertThat(data.path("device").asText()).isEqualTo("cpu");
        assertThat(data.path("deviceAsked").asText()).isEqualTo("cuda");
        assertThat(Doors.metric("tandem_rerank_gpu", "")).isZero();
        assertThat(Doors.metric("tandem_rerank_remote_calls_total", "result=\"ok\"")).isPositive();
        assertThat(Doors.metric("tandem_rerank_remote_breaker", "")).isZero();
    }

    @Test
    void post_remoteThatIsNotTrusted_isAnsweredByTheLocalModel() {
        JsonNode answer = Doors.post("{\"query\": \"zip archive\", \"candidateCount\": 50}").json();

        assertThat(answer.at("/work/remotePairs").asInt()).isZero();
        assertThat(answer.at("/work/pairs").asInt()).isPositive();
        assertThat(answer.path("device").asText()).isEqualTo("cpu");
    }

    private static JsonNode data() {
        for (JsonNode check : Doors.get("/q/health/ready").json().path("checks")) {
            if (check.path("name").asText().equals("search engine")) {
                return check.path("data");
            }
        }
        throw new AssertionError("no check of the search engine");
    }
}
