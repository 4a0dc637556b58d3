package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that answers one request at a time and keeps scores. */
@QuarkusTest
@TestProfile(BusyServerTest.OneAtATime.class)
@Timeout(120)
class BusyServerTest {

    private static final String LONG =
            "{\"query\": \"what does it cost?\", \"candidateCount\": 489, \"budgetMs\": 600000}";
    private static final String SHORT =
            "{\"query\": \"cold start\", \"candidateCount\": 50, \"budgetMs\": 60000}";

    public static class OneAtATime implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "tandem.search.max-in-flight", "1",
                    "tandem.cache.enabled", "true");
        }
    }

    @Test
    void post_oneMoreThanMayBe_isRefusedUntilTheCallerOfTheOtherIsGone() throws IOException {
        double answers = metric("tandem_search_seconds_count");
        try (Socket caller = send(LONG)) {
            await(() -> metric("tandem_search_in_flight") == 1);

            Answer refused = Doors.post(SHORT);

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.contentType()).startsWith("application/problem+json");
            assertThat(refused.json().path("type").asText()).endsWith(":overloaded");
            assertThat(refused.json().path("detail").asText()).contains("max-in-flight");
            assertThat(caller.isConnected()).isTrue();
        }
        await(() -> metric("tandem_search_in_flight") == 0);
        assertThat(metric("tandem_search_seconds_count")).as("nobody was there").isEqualTo(answers);
        assertThat(Doors.post(SHORT).status()).isEqualTo(200);
    }

    @Test
    void post_theSameAgain_costsNothingAndIsTheSame() {
        JsonNode first = Doors.post(SHORT).json();
        double hits = Doors.metric("tandem_cache_requests_total", "result=\"hit\"");
        JsonNode again = Doors.post(SHORT).json();

        assertThat(again.at("/coverage/scored").asInt()).isEqualTo(50);
        assertThat(again.at("/coverage/fromCache").asInt()).isEqualTo(50);
        assertThat(again.path("work").path("pairs").asInt()).isZero();
        assertThat(again.path("results")).isEqualTo(first.path("results"));
        assertThat(Doors.metric("tandem_cache_requests_total", "result=\"hit\""))
                .isEqualTo(hits + 50);
        assertThat(metric("tandem_cache_size_scores")).isGreaterThanOrEqualTo(50);
    }

    /** A request whose answer is not waited for. */
    private static Socket send(String body) throws IOException {
        var url = URI.create(ConfigProvider.getConfig().getValue("test.url", String.class));
        var socket = new Socket(url.getHost(), url.getPort());
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head =
                "POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
                        .formatted(bytes.length);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().write(bytes);
        return socket;
    }

    private static double metric(String name) {
        return Doors.metric(name, "");
    }

    private static void await(BooleanSupplier happened) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
