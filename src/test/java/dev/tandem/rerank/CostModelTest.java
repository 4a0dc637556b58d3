package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.fixtures.ManualClock;
import dev.tandem.rerank.CostModel.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class CostModelTest {
    private static final Percentage CLOSE = Percentage.withPercentage(1);

    private final ManualClock clock = new ManualClock();

    @Test
    void predict_asSampled_givesTheSamples() {
        CostModel cost = sampled();

        assertThat(cost.predict(1, 16)).isCloseTo(time(16), CLOSE);
        assertThat(cost.predict(1, 96)).isCloseTo(time(96), CLOSE);
        assertThat(cost.predict(1, 256)).isCloseTo(time(256), CLOSE);
    }

    @Test
    void predict_betweenTheSamples_followsTheFormula() {
        assertThat(sampled().predict(1, 160)).isCloseTo(time(160), CLOSE);
    }

    @Test
    void predict_aBatch_paysForItsPadding() {
        CostModel cost = sampled();

        assertThat(cost.predict(4, 64))
                .isCloseTo(300_000 + 4 * (50_000L * 64 + 60L * 64 * 64), CLOSE);
    }

    @Test
    void predict_samplesThatFallWithLength_isNeverNegative() {
        var cost = new CostModel(List.of(sample(16, 9_000), sample(256, 1_000)), clock);

        assertThat(cost.predict(1, 1)).isPositive();
        assertThat(cost.predict(1, 10_000)).isPositive();
    }

    @Test
    void observe_slowerRuns_followsWithinTwentyRuns() {
        CostModel cost = settled();

        observe(cost, 2, 20);

        assertThat(cost.predict(1, 96)).isCloseTo(2 * time(96), Percentage.withPercentage(5));
    }

    @Test
    void observe_fasterRuns_followsMoreSlowly() {
        CostModel slower = settled();
        CostModel faster = settled();

        observe(slower, 2, 3);
        observe(faster, 0.5, 3);

        double up = Math.log((double) slower.predict(1, 96) / time(96));
        double down = Math.log((double) time(96) / faster.predict(1, 96));
        assertThat(up).isGreaterThan(2 * down);
    }

    @Test
    void observe_oneRunThatWasHeldUp_movesLittle() {
        CostModel cost = settled();

        observe(cost, 1_000, 1);

        assertThat(cost.predict(1, 96)).isLessThan(2 * time(96));
    }

    @Test
    void observe_fastFirstRuns_correctsAMeasurementMadeWhileTheHostWasBusy() {
        CostModel cost = sampled();

        observe(cost, 0.5, 8);

        assertThat(cost.predict(1, 96)).isCloseTo(time(96) / 2, Percentage.withPercentage(15));
    }

    @Test
    void observe_noisyRuns_predictsTheirMiddle() {
        var random = new Random(7);
        CostModel cost = settled();
        double sum = 0;
        for (int i = 0; i < 500; i++) {
            observe(cost, Math.exp(0.2 * random.nextGaussian()), 1);
            sum += Math.log(cost.predict(1, 96) / (double) time(96));
        }

        assertThat(sum / 500).as("a little above, by design").isCloseTo(0.08, within(0.08));
    }

    @Test
    void observeStopped_shorterThanPredicted_saysNothing() {
        CostModel cost = settled();
        long before = cost.predict(1, 96);

        cost.observeStopped(1, 96, before / 2);

        assertThat(cost.predict(1, 96)).isEqualTo(before);
    }

    @Test
    void observeStopped_longerThanPredicted_makesItSlower() {
        CostModel cost = settled();
        long before = cost.predict(1, 96);

        cost.observeStopped(1, 96, 3 * before);

        assertThat(cost.predict(1, 96)).isGreaterThan(before);
    }

    @Test
    void mayProbe_withoutNews_onceASecond() {
        CostModel cost = settled();
        assertThat(cost.mayProbe()).as("news just now").isFalse();

        clock.advance(Duration.ofMillis(1_001));

        assertThat(cost.mayProbe()).isTrue();
        assertThat(cost.mayProbe()).isFalse();
        clock.advance(Duration.ofMillis(900));
        observe(cost, 1, 1);
        clock.advance(Duration.ofMillis(900));
        assertThat(cost.mayProbe()).as("news less than a second ago").isFalse();
    }

    /** 0.3 ms, 50 us a token, 60 ns a pair of tokens. */
    private static long time(int length) {
        return 300_000 + 50_000L * length + 60L * length * length;
    }

    private static Sample sample(int length, long nanos) {
        return new Sample(1, length, nanos);
    }

    private CostModel sampled() {
        return new CostModel(
                List.of(sample(16, time(16)), sample(96, time(96)), sample(256, time(256))), clock);
    }

    /** As after many runs. */
    private CostModel settled() {
        CostModel cost = sampled();
        observe(cost, 1, 50);
        return cost;
    }

    private static void observe(CostModel cost, double pace, int times) {
        for (int i = 0; i < times; i++) {
            cost.observe(1, 96, (long) (pace * time(96)));
        }
    }
}
