package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.ManualClock;
import dev.tandem.model.Deadline;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadlinesTest {
    private final ManualClock clock = new ManualClock();

    @ParameterizedTest
    @CsvSource({
        "1000, 3, 0.5, 498500, 997000",
        "1000, 3, 1.0, 996999, 997000",
        "100, 50, 0.5, 37500, 75000", // the reserve is a quarter at most
        "8, 3, 0.5, 3000, 6000"
    })
    void of_time_isSplit(int answer, int reserve, double share, long walk, long rerank) {
        var due =
                Deadlines.of(
                        Deadline.after(Duration.ofMillis(answer), clock),
                        Duration.ofMillis(reserve),
                        share);

        assertThat(due.walk().remaining().toNanos() / 1_000).isEqualTo(walk);
        assertThat(due.rerank().remaining().toNanos() / 1_000).isEqualTo(rerank);
        assertThat(due.answer().remaining()).hasMillis(answer);
    }

    @Test
    void of_anything_nestsThemStrictly() {
        var random = new Random(11);
        for (int i = 0; i < 10_000; i++) {
            clock.advance(Duration.ofNanos(random.nextInt(1_000_000)));
            Duration left =
                    Duration.ofNanos(random.nextLong(-1_000_000, 1L << random.nextInt(1, 45)));
            Duration reserve = Duration.ofNanos(random.nextInt(50_000_000));

            var due = Deadlines.of(Deadline.after(left, clock), reserve, random.nextInt(5) / 4.0);

            assertThat(due.walk().atNanos()).isLessThan(due.rerank().atNanos());
            assertThat(due.rerank().atNanos()).isLessThan(due.answer().atNanos());
        }
    }
}
