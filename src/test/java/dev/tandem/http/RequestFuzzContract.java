package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import dev.tandem.fixtures.RequestMutator;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever is sent, the answer is JSON, comes soon, and blames the sender. */
abstract class RequestFuzzContract {

    private static final int REQUESTS = 2_000;
    private static final long SEED = 20_260_731;
    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    void post_anything_isAnsweredOrRefusedInJson() {
        var answered = new AtomicInteger();
        var refused = new AtomicInteger();

        Doors.get("/q/health/live");

        IntStream.range(0, REQUESTS)
                .parallel()
                .forEach(
                        i -> {
                            byte[] body = new RequestMutator(SEED + i).body();
                            long started = System.nanoTime();
                            Answer answer = Doors.post(body);
                            long nanos = System.nanoTime() - started;
                            check(answer, nanos, i, body);
                            (answer.status() == 200 ? answered : refused).incrementAndGet();
                        });

        // Neither kind may die out unseen.
        assertThat(answered.get()).isGreaterThan(REQUESTS / 20);
        assertThat(refused.get()).isGreaterThan(REQUESTS / 4);
    }

    private static void check(Answer answer, long nanos, int number, byte[] body) {
        String what =
                "request %d, base64 %.300s -> %.300s"
                        .formatted(number, Base64.getEncoder().encodeToString(body), answer.body());
        assertThat(answer.status()).as(what).isIn(200, 400, 413, 422);
        assertThat(Duration.ofNanos(nanos)).as(what).isLessThan(SOON);
        assertThat(answer.contentType())
                .as(what)
                .startsWith(
                        answer.status() == 200 ? "application/json" : "application/problem+json");
        String member = answer.status() == 200 ? "results" : "violations";
        assertThat(answer.json().path(member).isArray()).as(what).isTrue();
    }
}
