package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Costs;
import dev.tandem.fixtures.CrossEncoderStub;
import dev.tandem.fixtures.ManualClock;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Deadline;
import dev.tandem.model.Reading;
import dev.tandem.model.Span;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.Outcome.Preranked;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A run of the large one takes 10 ms, one of the small one 2 ms, on a clock that goes on with the
 * runs. The small one thinks ever more of the candidates, the further down they are.
 */
@Timeout(30)
class CascadeTest {

    private static final long[] QUERY = {1_000};
    private static final int FRAME = 4; // [CLS] query [SEP] passage [SEP], with one query token
    private static final int COUNT = 30;
    private static final Duration ONE_THIRD = Duration.ofMillis(105);

    private final ManualClock clock = new ManualClock();
    private final Timed large = new Timed("large", Duration.ofMillis(10));
    private final Timed small = new Timed("small", Duration.ofMillis(2));

    /** Gives the length of the passage as logit; writes down what it ran. */
    private final class Timed extends CrossEncoderStub {
        private final String name;
        private final Duration takes;
        final List<Integer> ran = Collections.synchronizedList(new ArrayList<>());

        Timed(String name, Duration takes) {
            this(name, takes, takes);
        }

        /**
         * @param thought what a start on a busy host measured
         */
        Timed(String name, Duration takes, Duration thought) {
            super(Costs.everyRun(thought, clock));
            this.name = name;
            this.takes = takes;
        }

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            int length = pairs.getFirst().length() - FRAME;
            ran.add(length);
            clock.advance(takes);
            return new float[] {length};
        }

        @Override
        public String scores() {
            return name;
        }
    }

    private static final class Failing extends CrossEncoderStub {
        Failing(CostModel cost) {
            super(cost);
        }

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            throw new CrossEncoderException("forced", new IllegalStateException());
        }
    }

    /** Runs until it is stopped. */
    private static final class Held extends CrossEncoderStub {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        Held(CostModel cost) {
            super(cost);
        }

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new float[] {1};
        }
    }

    /** So that loading them counts for no test. */
    @BeforeAll
    static void loadModels() {
        RealModels.both();
    }

    @Test
    void rerank_timeForAll_isTheLargeOneAlone() {
        Reranking cascaded = rerank(large, small, task(), Duration.ofMillis(305));

        assertThat(small.ran).isEmpty();
        assertThat(cascaded.planned()).isEqualTo(COUNT);
        assertThat(cascaded.outcomes())
                .containsExactlyElementsOf(
                        IntStream.range(0, COUNT).mapToObj(CascadeTest::scored).toList());
    }

    /** Half of the time is good for 26 of the small one's runs, what is left for 5 of the large. */
    @Test
    void rerank_timeForAThird_hasTheLargeOneReadWhatTheSmallOnePrefers() {
        Reranking cascaded = rerank(large, small, task(), ONE_THIRD);

        assertThat(small.ran).containsExactlyElementsOf(range(0, 26));
        assertThat(large.ran).containsExactly(25, 24, 23, 22, 21);
        assertThat(cascaded.planned()).isEqualTo(5);
        assertThat(cascaded.work().pairs()).isEqualTo(31);
        List<Outcome> expected = new ArrayList<>();
        range(0, 21).forEach(i -> expected.add(preranked(i, Reason.LATE)));
        range(21, 26).forEach(i -> expected.add(scored(i)));
        range(26, COUNT).forEach(i -> expected.add(new Skipped(i, Reason.LATE)));
        assertThat(cascaded.outcomes()).containsExactlyElementsOf(expected);
    }

    /** Half of the time would be good for two runs of the large one. */
    @Test
    void rerank_timeForFive_isTheSmallOneAlone() {
        Reranking cascaded = rerank(large, small, task(), Duration.ofMillis(55));

        assertThat(small.ran).containsExactlyElementsOf(range(0, 27));
        assertThat(large.ran).isEmpty();
        List<Outcome> expected = new ArrayList<>();
        range(0, 27).forEach(i -> expected.add(preranked(i, Reason.LATE)));
        range(27, COUNT).forEach(i -> expected.add(new Skipped(i, Reason.LATE)));
        assertThat(cascaded.outcomes()).containsExactlyElementsOf(expected);
    }

    @Test
    void rerank_timeForSix_letsTheLargeOneCompareThree() {
        rerank(large, small, task(), Duration.ofMillis(65));

        assertThat(small.ran).containsExactlyElementsOf(range(0, 16));
        assertThat(large.ran).containsExactly(15, 14, 13);
    }

    /** A tenth of the time would be good for one; the small one is through before. */
    @Test
    void rerank_smallOneWithAllOfTheTime_leavesTheLargeOneWhatItDoesNotNeed() {
        rerank(large, new Cascade(small, 0.9), ScoreCache.NONE, task(), ONE_THIRD);

        assertThat(small.ran).hasSize(COUNT);
        assertThat(large.ran).as("of 45 ms").containsExactly(29, 28, 27, 26);
    }

    @Test
    void rerank_anyTime_beginsNothingThatWouldEndLate() {
        for (int millis = 1; millis <= 320; millis += 7) {
            Duration budget = Duration.ofMillis(millis);
            long due = clock.getAsLong() + budget.toNanos();

            Reranking cascaded = rerank(large, small, task(), budget);

            assertThat(clock.getAsLong()).as("%d ms", millis).isLessThanOrEqualTo(due);
            assertThat(cascaded.outcomes()).hasSize(COUNT);
            assertThat(Reason.CANCELLED.in(cascaded.outcomes())).as("%d ms", millis).isZero();
        }
    }

    @Test
    void rerank_noTime_runsNothing() {
        Reranking cascaded = rerank(large, small, task(), Duration.ZERO);

        assertThat(Reason.LATE.in(cascaded.outcomes())).isEqualTo(COUNT);
        assertThat(small.ran).isEmpty();
        assertThat(large.ran).isEmpty();
    }

    /** The small one ends long before its share is spent. */
    @Test
    void rerank_smallOneReadsAll_leavesTheRestOfTheTimeToTheLarge() {
        rerank(large, small, task(), Duration.ofMillis(265));

        assertThat(small.ran).hasSize(COUNT);
        assertThat(large.ran).as("of 205 ms").hasSize(20);
    }

    @Test
    void rerank_smallOneThatIsHardlyFaster_isNotUsed() {
        var hardly = new Timed("hardly", Duration.ofMillis(7));

        rerank(large, hardly, task(), ONE_THIRD);

        assertThat(hardly.ran).isEmpty();
        assertThat(large.ran).containsExactlyElementsOf(range(0, 10));
    }

    /** Not for good: who is never let run cannot be found to be faster. */
    @Test
    void rerank_smallOneMeasuredOnABusyHost_isUsedAfterSomeCalls() {
        var measured = new Timed("measured", Duration.ofMillis(2), Duration.ofMillis(9));
        rerank(large, measured, task(), ONE_THIRD);
        assertThat(measured.ran).isEmpty();

        for (int call = 0; call < 3; call++) {
            clock.advance(Duration.ofSeconds(2));
            measured.ran.clear();
            rerank(large, measured, task(), ONE_THIRD);
        }

        assertThat(measured.ran).hasSizeGreaterThan(10);
    }

    /** A run a second shows that it still is. */
    @Test
    void rerank_smallOneThatIsHardlyFaster_runsOnceASecondAtMost() {
        var hardly = new Timed("hardly", Duration.ofMillis(7));

        for (int call = 0; call < 20; call++) {
            clock.advance(Duration.ofMillis(400));
            rerank(large, hardly, task(), ONE_THIRD);
        }

        assertThat(hardly.ran).hasSizeBetween(5, 10).containsOnly(0);
        assertThat(large.ran.subList(0, 10)).containsExactlyElementsOf(range(0, 10));
    }

    @Test
    void rerank_smallOneThatIsTriedAgain_countsAsWorkAndBeginsNothingLate() {
        var hardly = new Timed("hardly", Duration.ofMillis(7));
        clock.advance(Duration.ofSeconds(2));
        long due = clock.getAsLong() + ONE_THIRD.toNanos();

        Reranking cascaded = rerank(large, hardly, task(), ONE_THIRD);

        assertThat(large.ran).containsExactlyElementsOf(range(0, 9));
        assertThat(cascaded.work().pairs()).isEqualTo(10);
        assertThat(clock.getAsLong()).isLessThanOrEqualTo(due);
    }

    @Test
    void rerank_earlyStopAskedFor_isTheLargeOneAlone() {
        Convergence afterFour =
                new Convergence() {
                    @Override
                    public void scored(int index, float logit) {}

                    @Override
                    public boolean settled(int next) {
                        return next >= 4;
                    }
                };

        Reranking cascaded = rerank(large, small, task(PassageCut.HEAD, afterFour), ONE_THIRD);

        assertThat(small.ran).isEmpty();
        assertThat(large.ran).containsExactly(0, 1, 2, 3);
        assertThat(Reason.CONVERGED.in(cascaded.outcomes())).isEqualTo(COUNT - 4);
    }

    @Test
    void rerank_smallOneThatFails_isPassedOver() {
        var failing = new Failing(small.cost());

        Reranking cascaded = rerank(large, failing, task(), ONE_THIRD);

        assertThat(large.ran).containsExactlyElementsOf(range(0, 10));
        assertThat(cascaded.outcomes().subList(0, 10))
                .containsExactlyElementsOf(range(0, 10).stream().map(CascadeTest::scored).toList());
    }

    @Test
    void rerank_largeOneThatFails_saysSoOfWhatTheSmallOneScored() {
        Reranking cascaded = rerank(new Failing(large.cost()), small, task(), ONE_THIRD);

        assertThat(cascaded.outcomes().subList(0, 26))
                .containsExactlyElementsOf(
                        range(0, 26).stream().map(i -> preranked(i, Reason.FAILED)).toList());
        assertThat(Reason.FAILED.in(cascaded.outcomes())).isEqualTo(COUNT);
    }

    /** Neither model's scores stand in for the other's, and no pair is computed twice. */
    @Test
    void rerank_again_goesDeeperUntilTheLargeOneHasScoredAll() {
        var cache = ScoreCache.open(Settings.cache(1_000), "large");
        List<Long> scored = new ArrayList<>();
        for (int call = 0; call < 6; call++) {
            Reranking cascaded = rerank(large, half(small), cache, task(), ONE_THIRD);
            scored.add(cascaded.outcomes().stream().filter(Scored.class::isInstance).count());
        }

        assertThat(scored).isSorted().startsWith(5L).endsWith((long) COUNT);
        assertThat(large.ran).doesNotHaveDuplicates().hasSize(COUNT);
        assertThat(small.ran).doesNotHaveDuplicates();
    }

    @Test
    void rerank_chunks_areReadByBoth() {
        PassageCut halves =
                (_, passage, _) ->
                        List.of(
                                new Span(0, passage.length / 2),
                                new Span(passage.length / 2, passage.length));

        Reranking cascaded =
                rerank(large, small, task(halves, Convergence.NEVER), Duration.ofMillis(145));

        // Two runs a candidate: 18 candidates for the small one, the best three for the large one.
        assertThat(small.ran).hasSize(36);
        assertThat(large.ran).containsExactly(8, 9, 7, 8, 8, 8);
        assertThat(cascaded.outcomes().get(16))
                .isEqualTo(new Scored(16, 8, new Reading(16, 16, new Span(0, 8)), false));
        assertThat(cascaded.outcomes().get(3))
                .isEqualTo(new Preranked(3, 2, new Reading(3, 3, new Span(1, 3)), Reason.LATE));
    }

    @Test
    void rerank_cancelledWhileTheSmallOneRuns_startsNoFurtherRun() throws InterruptedException {
        var held = new Held(small.cost());
        try (var timer = DeadlineTimer.start();
                var reranker = reranker(large, half(held), ScoreCache.NONE, timer)) {
            var call =
                    reranker.rerank(task(), Deadline.after(ONE_THIRD, clock))
                            .subscribe()
                            .with(_ -> {});
            assertThat(held.begun.await(20, TimeUnit.SECONDS)).isTrue();
            call.cancel();
            held.goOn.countDown();
        }

        assertThat(large.ran).isEmpty();
    }

    /** As who takes the first of several answers does. */
    @Test
    void rerank_cancelledAfterItsAnswer_leavesTheNextCallItsPlan() {
        try (var timer = DeadlineTimer.start();
                var reranker = reranker(large, half(small), ScoreCache.NONE, timer)) {
            var answered =
                    reranker.rerank(task(), Deadline.after(ONE_THIRD, clock))
                            .subscribe()
                            .withSubscriber(UniAssertSubscriber.create())
                            .awaitItem();
            answered.cancel();
            small.ran.clear();

            Reranking next =
                    reranker.rerank(task(), Deadline.after(ONE_THIRD, clock))
                            .await()
                            .indefinitely();

            assertThat(next.planned()).isEqualTo(5);
            assertThat(small.ran).hasSize(26);
        }
    }

    /**
     * The only thread hangs in the small one: nothing else can be done, but the answer is there.
     */
    @Test
    void rerank_smallOneThatHangs_isNotWaitedFor() {
        var held = new Held(Costs.nothing());
        var slow = new Timed("slow", Duration.ofMillis(10));
        try (var timer = DeadlineTimer.start();
                var reranker = reranker(slow, half(held), ScoreCache.NONE, timer)) {
            Deadline deadline = Deadline.after(Duration.ofMillis(100));

            List<Outcome> outcomes =
                    reranker.rerank(task(), deadline).await().indefinitely().outcomes();
            held.goOn.countDown();

            assertThat(outcomes).hasSize(COUNT).allMatch(Skipped.class::isInstance);
        }
    }

    private Reranking rerank(
            CrossEncoder first, CrossEncoder second, RerankTask task, Duration budget) {
        return rerank(first, half(second), ScoreCache.NONE, task, budget);
    }

    private Reranking rerank(
            CrossEncoder first,
            Cascade second,
            ScoreCache cache,
            RerankTask task,
            Duration budget) {
        try (var timer = DeadlineTimer.start();
                var reranker = reranker(first, second, cache, timer)) {
            return reranker.rerank(task, Deadline.after(budget, clock)).await().indefinitely();
        }
    }

    /** One run at a time, so that a clock which goes on with each run is exact. */
    private static Reranker reranker(
            CrossEncoder first, Cascade second, ScoreCache cache, DeadlineTimer timer) {
        return new Reranker(first, cache, timer, 1, new Helpers(null, second));
    }

    private static Cascade half(CrossEncoder small) {
        return new Cascade(small, 0.5);
    }

    private static RerankTask task() {
        return task(PassageCut.HEAD, Convergence.NEVER);
    }

    /** A passage has as many tokens as its place says. */
    private static RerankTask task(PassageCut cut, Convergence convergence) {
        return new RerankTask(QUERY, COUNT, int[]::new, cut, convergence).with((_, logit) -> logit);
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static Outcome scored(int index) {
        return new Scored(index, index, reading(index), false);
    }

    private static Outcome preranked(int index, Reason reason) {
        return new Preranked(index, index, reading(index), reason);
    }

    private static Reading reading(int index) {
        return new Reading(index, index, new Span(0, index));
    }
}
