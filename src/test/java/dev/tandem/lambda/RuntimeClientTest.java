package dev.tandem.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.RuntimeApi;
import dev.tandem.fixtures.RuntimeApi.Outcome;
import dev.tandem.model.IndexException;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValidationException.Problem;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The function behind our own client of the Runtime API, in a process that tests share. */
@QuarkusTest
class RuntimeClientTest {
    private final CountDownLatch ended = new CountDownLatch(1);
    private RuntimeApi api;

    @BeforeEach
    void serve() throws IOException {
        api = RuntimeApi.start();
    }

    @AfterEach
    void end() {
        api.close();
        Invocation.begin(null, null);
    }

    @Test
    void serve_invocations_answersEachInItsTime() {
        start();
        JsonNode whole = api.invoke(search("how large may a zip be?")).json();
        Outcome cut = api.invoke(search("and a layer?"), Instant.now().plusMillis(20));

        assertThat(whole.at("/coverage/reason").asText()).isEqualTo("COMPLETE");
        assertThat(whole.path("results")).hasSize(10);
        assertThat(cut.failed()).as(cut.body()).isFalse();
        assertThat(cut.json().at("/coverage/reason").asText()).isNotEqualTo("COMPLETE");
        assertThat(Invocation.requestId()).isEqualTo("request-2");
        assertThat(api.breaches()).isEmpty();
    }

    @Test
    void serve_anEventThatIsRefused_failsAndGoesOn() {
        start();
        Outcome refused = api.invoke("{\"query\": \"\"}");

        assertThat(refused.failed()).isTrue();
        assertThat(refused.json().path("errorType").asText())
                .isEqualTo("dev.tandem.model.InvalidRequestException");
        assertThat(refused.json().path("errorMessage").asText()).contains("query: got nothing");
        assertThat(refused.json().path("stackTrace").isArray()).isTrue();
        assertThat(api.invoke("no JSON").failed()).isTrue();
        assertThat(api.invoke(search("still there?")).failed()).isFalse();
    }

    @Test
    void serve_withoutAnApi_ends() throws InterruptedException {
        api.close();
        start();

        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    }

    /** It would wait for an answer that nobody gives any more, and all later ones with it. */
    @Test
    void serve_anError_isToldAndEndsTheProcess() throws InterruptedException {
        RuntimeClient.Function broken =
                (id, ends, event, answer) -> {
                    throw new StackOverflowError("forced");
                };
        new RuntimeClient(api.address(), broken).serve(ended::countDown);
        Outcome outcome = api.invoke(search("anything"));

        assertThat(outcome.failed()).isTrue();
        assertThat(outcome.json().path("errorMessage").asText()).contains("log says what happened");
        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void refuse_aStartThatFails_tellsItsReasonWithoutPaths() {
        var reason = new IndexException("/somewhere/CURRENT is missing. Build an index.");
        new RuntimeClient(api.address()).refuse(new RuntimeException("Failed to start", reason));

        assertThat(api.initError().path("errorType").asText())
                .isEqualTo(IndexException.class.getName());
        assertThat(api.initError().path("errorMessage").asText()).doesNotContain("/somewhere");
    }

    @Test
    void refuse_configurationOutOfRange_isNoBugAndTellsNoPath() {
        var refused =
                new ConfigValidationException(
                        new Problem[] {new Problem("tandem.x in /somewhere: got 0, expected 1")});
        new RuntimeClient(api.address()).refuse(new RuntimeException("Failed to start", refused));

        assertThat(api.initError().path("errorMessage").asText())
                .startsWith("Configuration is refused.")
                .doesNotContain("/somewhere");
    }

    private void start() {
        new RuntimeClient(api.address()).serve(ended::countDown);
    }

    private static String search(String query) {
        return Doors.object().put("query", query).put("candidateCount", 50).toString();
    }
}
