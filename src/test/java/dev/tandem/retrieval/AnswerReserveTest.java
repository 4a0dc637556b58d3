package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AnswerReserveTest {
    private final AnswerReserve reserve = new AnswerReserve();

    @Test
    void observe_longer_followsWithinSome() {
        observe(20, 5);

        assertThat(reserve.get()).isBetween(Duration.ofMillis(18), Duration.ofMillis(20));
    }

    @Test
    void observe_shorter_followsSlowly() {
        observe(20, 20);
        observe(0, 5);
        assertThat(reserve.get()).isGreaterThan(Duration.ofMillis(14));

        observe(0, 200);
        assertThat(reserve.get()).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void observe_oneThatHung_isBounded() {
        observe(60_000, 1);

        assertThat(reserve.get()).isEqualTo(Duration.ofMillis(50));
    }

    private void observe(int millis, int times) {
        for (int i = 0; i < times; i++) {
            reserve.observe(Duration.ofMillis(millis));
        }
    }
}
