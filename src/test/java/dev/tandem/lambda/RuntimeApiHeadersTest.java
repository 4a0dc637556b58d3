package dev.tandem.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RuntimeApi;
import dev.tandem.model.Deadline;
import java.io.IOException;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the client that Quarkus asks the Runtime API by. */
class RuntimeApiHeadersTest {
    private final CookieHandler before = CookieHandler.getDefault();

    @BeforeEach
    void register() {
        CookieHandler.setDefault(new RuntimeApiHeaders());
    }

    @AfterEach
    void restore() {
        CookieHandler.setDefault(before);
        Invocation.begin(null, null);
    }

    @Test
    void next_anInvocation_tellsItsEnd() throws IOException {
        try (var api = RuntimeApi.start()) {
            api.offer("{}", Instant.now().plusSeconds(7));
            read(api, "invocation/next");

            assertThat(Invocation.requestId()).isEqualTo("request-1");
            Deadline deadline = Objects.requireNonNull(Invocation.deadline());
            assertThat(deadline.remaining())
                    .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(7));
        }
    }

    @Test
    void next_withoutAnEnd_forgetsTheOneBefore() throws IOException {
        Invocation.begin("before", Instant.now());
        var next = URI.create("http://127.0.0.1/2018-06-01/runtime/invocation/next");
        new RuntimeApiHeaders().put(next, Map.of("Content-Type", List.of("application/json")));

        assertThat(Invocation.deadline()).isNull();
    }

    @Test
    void headers_ofAnythingElse_areNotLookedAt() {
        var elsewhere = URI.create("http://127.0.0.1/next");
        new RuntimeApiHeaders().put(elsewhere, Map.of("Lambda-Runtime-Deadline-Ms", List.of("5")));

        assertThat(Invocation.deadline()).isNull();
    }

    private static void read(RuntimeApi api, String path) throws IOException {
        var url = URI.create("http://" + api.address() + "/2018-06-01/runtime/" + path).toURL();
        var connection = (HttpURLConnection) url.openConnection();
        connection.getInputStream().close();
    }
}
