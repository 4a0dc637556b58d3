package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.ManualClock;
import dev.tandem.model.IndexException;
import dev.tandem.model.StorageFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StorageHealthTest {

    private final ManualClock clock = new ManualClock();
    private final StorageHealth health = new StorageHealth(clock);
    private final List<StorageFailure> counted = new ArrayList<>();

    @BeforeEach
    void count() {
        health.countInto(counted::add);
    }

    @Test
    void failing_halfOfTheCallsFailed_isWhatTheyMet() {
        callsEnd(3, null);
        callsEnd(2, StorageFailure.STALE);
        assertThat(health.failing()).as("2 of 5").isEmpty();

        callsEnd(1, StorageFailure.UNREADABLE);

        assertThat(health.failing()).hasValue(StorageFailure.UNREADABLE);
        assertThat(counted)
                .containsExactly(
                        StorageFailure.STALE, StorageFailure.STALE, StorageFailure.UNREADABLE);
    }

    @Test
    void failing_someCallsOfMany_isNot() {
        for (int i = 0; i < 100; i++) {
            callsEnd(2, null);
            callsEnd(1, StorageFailure.DAMAGED);
        }

        assertThat(health.failing()).isEmpty();
        assertThat(counted).hasSize(100);
    }

    @Test
    void failing_callsOfLongAgo_countNoMore() {
        callsEnd(2, StorageFailure.UNREADABLE);
        clock.advance(Duration.ofSeconds(11));
        callsEnd(1, StorageFailure.UNREADABLE);

        assertThat(health.failing()).isEmpty();
    }

    @Test
    void failing_afterAProbeFailed_isUntilASearchWentWell() {
        health.probeFailed(StorageFailure.MISSING);
        callsEnd(50, null);
        assertThat(health.failing()).hasValue(StorageFailure.MISSING);
        assertThat(health.isBroken()).isTrue();

        health.mended();

        assertThat(health.failing()).isEmpty();
        callsEnd(2, StorageFailure.MISSING);
        assertThat(health.failing()).as("the calls before are forgotten").isEmpty();
    }

    @Test
    void failing_workThatDoesNotReturn_isUntilItDoes() {
        var work = health.begin();
        clock.advance(Duration.ofMinutes(1));
        assertThat(health.failing()).as("somebody may wait for it").isEmpty();
        work.abandon();
        clock.advance(Duration.ofMillis(900));
        assertThat(health.failing()).as("it may only be late").isEmpty();
        assertThat(health.abandoned()).isEqualTo(1);

        clock.advance(Duration.ofMillis(101));
        health.countHanging();
        health.countHanging();

        assertThat(health.failing()).hasValue(StorageFailure.HANGING);
        assertThat(counted).as("once").containsExactly(StorageFailure.HANGING);
        work.close();
        assertThat(health.failing()).isEmpty();
        assertThat(health.abandoned()).isZero();
    }

    @Test
    void failing_workThatEndedBeforeItWasAbandoned_isNot() {
        var work = health.begin();
        work.close();
        work.abandon();
        clock.advance(Duration.ofMinutes(1));

        assertThat(health.failing()).isEmpty();
        assertThat(health.abandoned()).isZero();
    }

    @Test
    void failing_probeThatDoesNotReturn_isAfterASecond() {
        try (var _ = health.beginProbe()) {
            clock.advance(Duration.ofMillis(1_001));

            assertThat(health.failing()).hasValue(StorageFailure.HANGING);
            assertThat(health.isProbed()).isTrue();
        }
        assertThat(health.failing()).isEmpty();
        assertThat(health.isProbed()).isFalse();
    }

    @Test
    void admit_asManyHangAsMay_refusesUntilOneReturns() {
        List<StorageHealth.Work> hanging = new ArrayList<>();
        for (int i = 0; i < StorageHealth.MOST_HANGING; i++) {
            health.admit();
            var work = health.begin();
            work.abandon();
            hanging.add(work);
        }

        assertThatThrownBy(health::admit)
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("64 reads wait")
                .extracting(e -> StorageFailure.of((Throwable) e))
                .isEqualTo(StorageFailure.HANGING);
        hanging.getFirst().close();
        health.admit();
    }

    private void callsEnd(int times, @Nullable StorageFailure met) {
        for (int i = 0; i < times; i++) {
            health.callEnded(met);
        }
    }
}
