package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Costs;
import dev.tandem.fixtures.CrossEncoderStub;
import dev.tandem.fixtures.ManualClock;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Deadline;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeviceFallbackTest {
    private static final Deadline NEVER = Deadline.after(Duration.ofDays(1));
    private static final long[] QUERY = {1_000};
    private static final int GPU_BATCH = 8;

    private final ManualClock clock = new ManualClock();
    private final Queue<Runnable> probes = new ArrayDeque<>();
    private final Device gpu = new Device("cuda", GPU_BATCH, 100);
    private final Device cpu = new Device("cpu", 1, 0);
    private final DeviceFallback both = new DeviceFallback(gpu, cpu, clock, probes::add);

    /** Scores by the pair's length, and tells by an offset which device did. */
    private static final class Device extends CrossEncoderStub {
        private final String name;
        private final int batch;
        private final float offset;
        private final AtomicInteger runs = new AtomicInteger();
        private volatile int diesAt = Integer.MAX_VALUE;

        Device(String name, int batch, float offset) {
            super(Costs.nothing());
            this.name = name;
            this.batch = batch;
            this.offset = offset;
        }

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            assertThat(pairs).hasSizeLessThanOrEqualTo(batch);
            if (runs.incrementAndGet() >= diesAt) {
                throw new CrossEncoderException("the device fell off the bus", new Throwable());
            }
            float[] logits = new float[pairs.size()];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = offset + pairs.get(i).length();
            }
            return logits;
        }

        @Override
        public int largestBatch() {
            return batch;
        }

        @Override
        public String device() {
            return name;
        }

        @Override
        public String scores() {
            return name;
        }
    }

    @Test
    void rerank_deviceThatWorks_packsRunsAsItTakesThem() {
        var reranking = rerank(ScoreCache.NONE, 24);

        assertThat(reranking.outcomes())
                .allMatch(o -> o instanceof Scored(_, float l, _, _, _) && l > 100);
        assertThat(gpu.runs).hasValue(3);
        assertThat(cpu.runs).hasValue(0);
        assertThat(both.device()).isEqualTo("cuda");
    }

    @Test
    void rerank_deviceThatDiesMidway_repeatsTheLostRunOnTheCpuAndGoesOnThere() {
        gpu.diesAt = 2;

        var reranking = rerank(ScoreCache.NONE, 24);

        assertThat(reranking.outcomes()).allMatch(Scored.class::isInstance);
        assertThat(reranking.outcomes())
                .filteredOn(o -> o instanceof Scored(_, float l, _, _, _) && l > 100)
                .hasSize(GPU_BATCH);
        assertThat(gpu.runs).hasValue(2);
        assertThat(cpu.runs).hasValue(16);
        assertThat(both.device()).isEqualTo("cpu");
    }

    @Test
    void rerank_bothDie_failsThePairs() {
        gpu.diesAt = 1;
        cpu.diesAt = 1;

        assertThat(rerank(ScoreCache.NONE, 1).outcomes())
                .containsExactly(new Skipped(0, Reason.FAILED));
    }

    @Test
    void rerank_afterTheDeviceDied_neverTakesItsKeptScores() {
        try (var cache = ScoreCache.open(Settings.cache(1_000), "cuda")) {
            rerank(cache, 5);
            gpu.diesAt = 1;
            both.afterFailure(gpu, new CrossEncoderException("dead", new Throwable()));

            assertThat(rerank(cache, 5).outcomes())
                    .allMatch(
                            o ->
                                    o instanceof Scored(_, float l, _, boolean kept, _)
                                            && l < 100
                                            && !kept);
            assertThat(rerank(cache, 5).outcomes())
                    .allMatch(
                            o ->
                                    o instanceof Scored(_, float l, _, boolean kept, _)
                                            && l < 100
                                            && kept);
        }
    }

    @Test
    void serving_afterThePause_goesBackWhenAProbeWorksAndNotBefore() {
        gpu.diesAt = 1;
        both.afterFailure(gpu, new CrossEncoderException("dead", new Throwable()));
        assertThat(both.serving()).isSameAs(cpu);
        assertThat(probes).as("not before the pause").isEmpty();

        clock.advance(Duration.ofSeconds(31));
        assertThat(both.serving()).as("no call is the probe").isSameAs(cpu);
        assertThat(both.serving()).isSameAs(cpu);
        assertThat(probes).hasSize(1);
        probes.remove().run();
        assertThat(both.device()).as("still dead").isEqualTo("cpu");

        gpu.diesAt = Integer.MAX_VALUE;
        clock.advance(Duration.ofSeconds(31));
        assertThat(both.serving()).isSameAs(cpu);
        probes.remove().run();
        assertThat(both.serving()).isSameAs(gpu);
    }

    @Test
    void tokenizerAndConcurrency_areWhatBothCanUse() {
        assertThat(both.tokenizer()).isSameAs(RealModels.pairTokenizer());
        assertThat(both.concurrency()).isEqualTo(1);
    }

    private Reranking rerank(ScoreCache cache, int count) {
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(both, cache, timer, 1)) {
            var task =
                    new RerankTask(
                            QUERY,
                            count,
                            index -> new int[20 + index],
                            PassageCut.HEAD,
                            Convergence.NEVER);
            return reranker.rerank(task, NEVER).await().indefinitely();
        }
    }
}
