package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.rerank.RemoteException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RemoteGuardTest {
    /** Calls that are looked at, and how many of them have to fail. */
    private static final int WINDOW = 20;

    private static final int MOST_FAILURES = 12;

    private final AtomicInteger brokeOff = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    private final RemoteGuard guard =
            new RemoteGuard(Duration.ofSeconds(10), 4, brokeOff::incrementAndGet);

    @Test
    void run_aRemoteThatIsDead_isCalledAWindowsTimesOnly() {
        for (int i = 0; i < 3 * WINDOW; i++) {
            fail(Kind.FAILED);
        }

        assertThat(made).hasValue(WINDOW);
        assertThat(guard.isClosed()).isFalse();
        assertThat(guard.state()).isEqualTo(2);
        assertThat(brokeOff).hasValue(1);
    }

    @Test
    void run_fewerFailuresThanWouldTell_goesOn() {
        for (int i = 0; i < 3 * WINDOW; i++) {
            if (i % WINDOW < MOST_FAILURES - 1) {
                fail(Kind.FAILED);
            } else {
                succeed();
            }
        }

        assertThat(made).hasValue(3 * WINDOW);
        assertThat(guard.isClosed()).isTrue();
    }

    @Test
    void run_callsThatTheLocalModelBeats_doNotCount() {
        for (int i = 0; i < 3 * WINDOW; i++) {
            fail(Kind.LATE);
        }

        assertThat(made).hasValue(3 * WINDOW);
        assertThat(guard.isClosed()).isTrue();
        assertThat(brokeOff).hasValue(0);
    }

    private void fail(Kind kind) {
        var result =
                guard.run(
                        () -> {
                            made.incrementAndGet();
                            return CompletableFuture.failedFuture(
                                    new RemoteException(kind, "forced", null));
                        });
        assertThat(result.toCompletableFuture().handle((_, e) -> e).join()).isNotNull();
    }

    private void succeed() {
        var result =
                guard.run(
                        () -> {
                            made.incrementAndGet();
                            return CompletableFuture.completedFuture(new float[1]);
                        });
        assertThat(result.toCompletableFuture().join()).hasSize(1);
    }
}
