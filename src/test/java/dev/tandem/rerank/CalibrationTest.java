package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RealModels;
import dev.tandem.onnx.ModelInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CalibrationTest {
    private static final int LONGEST = 256;

    @Test
    void measure_runsThatDoNotDisturbEachOther_areAllOfUse() {
        assertThat(measure(4, _ -> pause()).concurrency()).isEqualTo(4);
    }

    @Test
    void measure_runsThatWaitForEachOther_areOneAtATime() {
        var one = new ReentrantLock();

        assertThat(
                        measure(
                                        4,
                                        _ -> {
                                            one.lock();
                                            try {
                                                pause();
                                            } finally {
                                                one.unlock();
                                            }
                                        })
                                .concurrency())
                .isEqualTo(1);
    }

    /** As beside a job that takes a core for a while. */
    @Test
    void measure_disturbedTwice_isNotMisled() {
        var one = new ReentrantLock();
        var runs = new AtomicInteger();

        var result =
                measure(
                        2,
                        _ -> {
                            boolean disturbed = runs.incrementAndGet() <= 6;
                            if (disturbed) {
                                one.lock();
                            }
                            try {
                                pause();
                            } finally {
                                if (disturbed) {
                                    one.unlock();
                                }
                            }
                        });

        assertThat(result.concurrency()).isEqualTo(2);
    }

    @Test
    void measure_runs_coverWhatTheModelReads() {
        List<Integer> lengths = Collections.synchronizedList(new ArrayList<>());

        CostModel cost = measure(2, input -> lengths.add(input.length())).cost();

        assertThat(lengths).contains(LONGEST).anyMatch(length -> length < 32);
        assertThat(cost.predict(1, LONGEST)).isPositive();
    }

    private static Calibration.Result measure(int cores, Consumer<ModelInput> run) {
        return new Calibration(CalibrationTest::input, run).measure(LONGEST, cores);
    }

    private static ModelInput input(int length) {
        return RealModels.pairTokenizer().single(new long[length - 2]);
    }

    private static void pause() {
        try {
            Thread.sleep(Duration.ofMillis(10));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
