package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.RealModels;
import dev.tandem.onnx.ModelInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CalibrationTest {
    private static final int LONGEST = 256;
    private static final int LONG = 192;
    private static final int MEDIUM = 96;

    @Test
    void measure_runsThatDoNotDisturbEachOther_areAllOfUse() {
        assertThat(measure(4, _ -> pause(1)).concurrency()).isEqualTo(4);
    }

    /** As beside other work, which may end: too few would cost more than too many. */
    @Test
    void measure_runsThatWaitForEachOther_areOneACoreAllTheSame() {
        var one = new ReentrantLock();

        assertThat(
                        measure(
                                        4,
                                        _ -> {
                                            one.lock();
                                            try {
                                                pause(1);
                                            } finally {
                                                one.unlock();
                                            }
                                        })
                                .concurrency())
                .isEqualTo(4);
    }

    @Test
    void measure_runsThatDisturbEachOther_areOneAtATime() {
        assertThat(measure(2, new Disturbing(Integer.MAX_VALUE)).concurrency()).isEqualTo(1);
    }

    @Test
    void measure_runsThatDisturbEachOtherForAWhile_areOneACore() {
        assertThat(measure(2, new Disturbing(12)).concurrency()).isEqualTo(2);
    }

    @Test
    void measure_runs_coverWhatTheModelReads() {
        List<Integer> lengths = Collections.synchronizedList(new ArrayList<>());

        CostModel cost = measure(2, input -> lengths.add(input.length())).cost();

        assertThat(lengths).contains(LONG).anyMatch(length -> length < 32);
        assertThat(cost.predict(1, LONGEST)).isPositive();
    }

    /** A start waits for them. */
    @Test
    void measure_runs_areFew() {
        List<Integer> lengths = Collections.synchronizedList(new ArrayList<>());

        measure(
                2,
                input -> {
                    lengths.add(input.length());
                    pause(20);
                });

        assertThat(lengths.stream().filter(length -> length >= 32))
                .containsExactlyInAnyOrder(MEDIUM, MEDIUM, MEDIUM, LONG, LONG, LONG, LONG);
    }

    /** It waits for memory that the thread had not used before. */
    @Test
    void measure_firstRunOfEachThread_isNotCounted() {
        Set<Thread> known = ConcurrentHashMap.newKeySet();

        CostModel cost = measure(2, _ -> pause(known.add(Thread.currentThread()) ? 20 : 1)).cost();

        assertThat(cost.predict(1, MEDIUM)).isLessThan(Duration.ofMillis(50).toNanos());
    }

    /** As on a GPU, where a batch takes hardly longer than one. */
    @Test
    void measure_deviceThatTakesBatches_knowsThatTheyAreCheap() {
        CostModel cost = measure(1, 32, _ -> pause(1)).cost();

        assertThat(cost.predict(32, 96)).isLessThan(4 * cost.predict(1, 96));
    }

    @Test
    void measure_runThatFails_saysWhy() {
        assertThatThrownBy(
                        () ->
                                measure(
                                        2,
                                        _ -> {
                                            throw new IllegalStateException("broken");
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken");
    }

    /**
     * As if runs drove each other's data out of the cache. Each is long enough for another one to
     * begin beside it on a busy machine.
     */
    private static final class Disturbing implements Consumer<ModelInput> {
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger runs = new AtomicInteger();
        private final int most;

        /**
         * @param most runs for which that goes on
         */
        Disturbing(int most) {
            this.most = most;
        }

        @Override
        public void accept(ModelInput input) {
            int others = running.getAndIncrement();
            pause(runs.incrementAndGet() <= most ? 6 + 42 * others : 6);
            running.decrementAndGet();
        }
    }

    private static Calibration.Result measure(int cores, Consumer<ModelInput> run) {
        return measure(cores, 1, batch -> batch.forEach(run));
    }

    private static Calibration.Result measure(
            int cores, int largestBatch, Consumer<List<ModelInput>> run) {
        try (var calibration = new Calibration(CalibrationTest::input, run, cores)) {
            return calibration.measure(LONGEST, largestBatch);
        }
    }

    private static ModelInput input(int length) {
        return RealModels.pairTokenizer().single(new long[length - 2]);
    }

    private static void pause(int times) {
        try {
            Thread.sleep(Duration.ofMillis(5L * times));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
