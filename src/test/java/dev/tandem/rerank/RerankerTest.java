package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Costs;
import dev.tandem.fixtures.CrossEncoderStub;
import dev.tandem.fixtures.ManualClock;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Deadline;
import dev.tandem.model.IndexException;
import dev.tandem.model.Reading;
import dev.tandem.model.Span;
import dev.tandem.model.Work;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RerankerTest {
    private static final Deadline NEVER = Deadline.after(Duration.ofDays(1));
    private static final long[] QUERY = {1_000};
    private static final int FRAME = 4; // [CLS] query [SEP] passage [SEP], with one query token

    /** Scores by the ordinal, which it reads from the pair's length. */
    private static final class StubCrossEncoder extends CrossEncoderStub {
        final AtomicInteger runs = new AtomicInteger();
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger mostRunning = new AtomicInteger();
        final Set<Integer> scored = new ConcurrentSkipListSet<>();
        private final IntToDoubleFunction logit;

        StubCrossEncoder(IntToDoubleFunction logit) {
            this(logit, Costs.nothing());
        }

        StubCrossEncoder(IntToDoubleFunction logit, CostModel cost) {
            super(cost);
            this.logit = logit;
        }

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            runs.incrementAndGet();
            mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                int ordinal = pairs.getFirst().length() - FRAME;
                scored.add(ordinal);
                return new float[] {(float) logit.applyAsDouble(ordinal)};
            } finally {
                running.decrementAndGet();
            }
        }
    }

    @Test
    void rerank_manyAtOnce_givesEachCandidateItsOwnLogitInOrder() {
        var stub = new StubCrossEncoder(ordinal -> pausing(ordinal % 3, ordinal / 2.0));

        List<Outcome> outcomes = rerank(stub, 8, 200, NEVER);

        assertThat(outcomes)
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> scored(i, i / 2f)).toList());
    }

    @Test
    void rerank_manyCandidates_neverExceedsItsConcurrency() {
        var stub = new StubCrossEncoder(_ -> pausing(2, 1));

        rerank(stub, 3, 60, NEVER);

        assertThat(stub.mostRunning).hasValueBetween(1, 3);
    }

    @Test
    void rerank_callsSideBySide_shareItsConcurrency() {
        var stub = new StubCrossEncoder(_ -> pausing(2, 1));
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(stub, ScoreCache.NONE, timer, 2)) {
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                callers.add(Thread.startVirtualThread(() -> outcomes(reranker, 20, NEVER)));
            }
            callers.forEach(RerankerTest::join);
        }

        assertThat(stub.mostRunning).hasValueBetween(1, 2);
        assertThat(stub.runs).hasValue(80);
    }

    @Test
    void rerank_noCandidates_isEmpty() {
        assertThat(rerank(new StubCrossEncoder(_ -> 1), 2, 0, NEVER)).isEmpty();
    }

    @Test
    void rerank_deadlineExpired_runsNothing() {
        var stub = new StubCrossEncoder(_ -> 1);

        List<Outcome> outcomes = rerank(stub, 2, 10, Deadline.after(Duration.ZERO));

        assertThat(outcomes)
                .containsExactlyElementsOf(
                        IntStream.range(0, 10).mapToObj(RerankerTest::late).toList());
        assertThat(stub.runs).hasValue(0);
    }

    @Test
    void rerank_deadlinePassesMidway_scoresTheHeadAndStartsNothingAfter() {
        var clock = new ManualClock();
        var cost = Costs.everyRun(Duration.ofMillis(10), clock);
        var stub = new StubCrossEncoder(ordinal -> advancing(clock, ordinal), cost);
        Deadline deadline = Deadline.after(Duration.ofMillis(45), clock);

        List<Outcome> outcomes = rerank(stub, 1, 10, deadline);

        assertThat(outcomes)
                .containsExactly(
                        scored(0, 0),
                        scored(1, 1),
                        scored(2, 2),
                        scored(3, 3),
                        late(4),
                        late(5),
                        late(6),
                        late(7),
                        late(8),
                        late(9));
        assertThat(stub.runs).as("a fifth would have ended late").hasValue(4);
    }

    @Test
    void rerank_runThatThrows_failsItsPairOnly() {
        var stub = new StubCrossEncoder(RerankerTest::throwingOnThree);

        assertThat(rerank(stub, 2, 5, NEVER))
                .containsExactly(
                        scored(0, 0),
                        scored(1, 1),
                        scored(2, 2),
                        new Skipped(3, Reason.FAILED),
                        scored(4, 4));
    }

    @Test
    void rerank_nan_failsItsPairOnly() {
        var stub = new StubCrossEncoder(ordinal -> ordinal == 1 ? Double.NaN : ordinal);

        assertThat(rerank(stub, 2, 3, NEVER))
                .containsExactly(scored(0, 0), new Skipped(1, Reason.FAILED), scored(2, 2));
    }

    @Test
    void rerank_infiniteLogit_isAScore() {
        var stub = new StubCrossEncoder(_ -> Double.POSITIVE_INFINITY);

        assertThat(rerank(stub, 1, 1, NEVER)).containsExactly(scored(0, Float.POSITIVE_INFINITY));
    }

    @Test
    void rerank_tokensThatCannotBeRead_failTheirPairOnly() {
        var stub = new StubCrossEncoder(_ -> 1);
        PassageTokens tokens =
                ordinal -> {
                    if (ordinal == 0) {
                        throw new IndexException("passages are damaged");
                    }
                    return new int[ordinal];
                };
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(stub, ScoreCache.NONE, timer, 2)) {
            List<Outcome> outcomes =
                    reranker.rerank(task(2, tokens), NEVER).await().indefinitely().outcomes();

            assertThat(outcomes).containsExactly(new Skipped(0, Reason.FAILED), scored(1, 1));
        }
    }

    @Test
    void rerank_cancelled_startsNoFurtherRun() throws InterruptedException {
        var begun = new CountDownLatch(2);
        var goOn = new CountDownLatch(1);
        var stub = new StubCrossEncoder(_ -> held(begun, goOn));
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(stub, ScoreCache.NONE, timer, 2)) {
            var call = reranker.rerank(task(50, int[]::new), NEVER).subscribe().with(_ -> {});
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            call.cancel();
            goOn.countDown();
        }

        assertThat(stub.runs).as("the two that had begun").hasValue(2);
    }

    @Test
    void rerank_largeCallBesideASmallOne_letsItThrough() throws InterruptedException {
        var begun = new CountDownLatch(2);
        var goOn = new CountDownLatch(1);
        var runs = new AtomicInteger();
        var runsUntilLastOfSmall = new AtomicInteger();
        var stub =
                new StubCrossEncoder(
                        ordinal -> {
                            int run = runs.incrementAndGet();
                            if (ordinal == 2) {
                                runsUntilLastOfSmall.set(run);
                            }
                            // Runs that take no time would count how long threads are kept waiting.
                            return run <= 2 ? held(begun, goOn) : pausing(2, ordinal);
                        });
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(stub, ScoreCache.NONE, timer, 2)) {
            var large = reranker.rerank(task(500, _ -> new int[1]), NEVER);
            var running = large.subscribe().asCompletionStage();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            var small =
                    reranker.rerank(task(10, _ -> new int[2]), NEVER)
                            .subscribe()
                            .asCompletionStage();
            goOn.countDown();

            assertThat(small.join().outcomes()).hasSize(10).allMatch(Scored.class::isInstance);
            // They take turns: a run of the large one for each of the small one, and some leeway.
            assertThat(runsUntilLastOfSmall.get()).isLessThan(100);
            assertThat(running.join().outcomes()).hasSize(500);
        }
    }

    @Test
    void rerank_runThatHangs_isNotWaitedForAndIsAFailure() throws InterruptedException {
        var begun = new CountDownLatch(2);
        var never = new CountDownLatch(1);
        var stub = new StubCrossEncoder(_ -> held(begun, never));
        Deadline deadline = Deadline.after(Duration.ofMillis(50));
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(stub, ScoreCache.NONE, timer, 2)) {
            List<Outcome> first = outcomes(reranker, 5, deadline);
            List<Outcome> second = outcomes(reranker, 5, Deadline.after(Duration.ofMillis(5)));
            never.countDown();

            assertThat(first.subList(0, 2))
                    .containsExactly(new Skipped(0, Reason.FAILED), new Skipped(1, Reason.FAILED));
            assertThat(second).as("no run can begin").containsExactly(failed(5));
        }
    }

    @Test
    void rerank_again_computesNothingAndGivesTheSame() {
        var stub = new StubCrossEncoder(ordinal -> ordinal / 3.0);
        try (var timer = DeadlineTimer.start();
                var cache = ScoreCache.open(Settings.cache(1_000), "f");
                var reranker = new Reranker(stub, cache, timer, 2)) {
            Reranking fresh = reranking(reranker, 20, NEVER);
            Reranking again = reranking(reranker, 20, Deadline.after(Duration.ofSeconds(10)));

            assertThat(fresh.work().pairs()).isEqualTo(20);
            assertThat(again.work()).isEqualTo(Work.NONE);
            assertThat(again.planned()).isEqualTo(20);
            assertThat(stub.runs).hasValue(20);
            for (int i = 0; i < 20; i++) {
                Scored before = (Scored) fresh.outcomes().get(i);
                assertThat(again.outcomes().get(i))
                        .isEqualTo(new Scored(i, before.logit(), before.reading(), true));
                assertThat(before.fromCache()).isFalse();
            }
        }
    }

    /** As when the same question is asked twice at a time. */
    @Test
    void rerank_scoreThatBecomesKnownMeanwhile_isTaken() {
        var cache = ScoreCache.open(Settings.cache(1_000), "f");
        var tokenizer = RealModels.pairTokenizer();
        var stub =
                new StubCrossEncoder(
                        ordinal -> {
                            ModelInput next = tokenizer.pair(QUERY, new int[ordinal + 1]);
                            cache.of(QUERY).put(next, 100 + ordinal + 1);
                            return ordinal;
                        });
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(stub, cache, timer, 1)) {
            List<Outcome> outcomes = outcomes(reranker, 4, NEVER);

            assertThat(outcomes).allMatch(Scored.class::isInstance);
            assertThat(outcomes)
                    .extracting(outcome -> ((Scored) outcome).logit())
                    .containsExactly(0f, 101f, 2f, 103f);
            assertThat(stub.runs).hasValue(2);
        }
    }

    /** A third at a time: what is known costs nothing, so each call goes deeper. */
    @Test
    void rerank_againUnderABudgetForAThird_isCompleteWithinFourCalls() {
        var clock = new ManualClock();
        var cost = Costs.everyRun(Duration.ofMillis(10), clock);
        var stub = new StubCrossEncoder(ordinal -> advancing(clock, ordinal), cost);
        try (var timer = DeadlineTimer.start();
                var cache = ScoreCache.open(Settings.cache(1_000), "f");
                var reranker = new Reranker(stub, cache, timer, 1)) {
            List<Long> scored = new ArrayList<>();
            for (int call = 0; call < 4; call++) {
                Deadline third = Deadline.after(Duration.ofMillis(105), clock);
                scored.add(
                        outcomes(reranker, 30, third).stream()
                                .filter(Scored.class::isInstance)
                                .count());
            }

            assertThat(scored).containsExactly(10L, 20L, 30L, 30L);
            assertThat(stub.runs).hasValue(30);
        }
    }

    @Test
    void rerank_chunks_takesTheHighestAndSaysWhatWasRead() {
        var stub = new StubCrossEncoder(ordinal -> ordinal == 30 ? 7 : 1);
        PassageCut cut =
                (_, passage, _) ->
                        passage.length < 50
                                ? List.of(new Span(0, passage.length))
                                : List.of(new Span(0, 20), new Span(10, 40), new Span(30, 50));
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(stub, ScoreCache.NONE, timer, 2)) {
            var task =
                    new RerankTask(QUERY, 2, i -> new int[i == 0 ? 50 : 8], cut, Convergence.NEVER);
            Reranking reranking = reranker.rerank(task, NEVER).await().indefinitely();

            assertThat(reranking.outcomes())
                    .containsExactly(
                            new Scored(0, 7, new Reading(50, 70, new Span(10, 40)), false),
                            new Scored(1, 1, new Reading(8, 8, new Span(0, 8)), false));
            assertThat(reranking.work().pairs()).isEqualTo(4);
        }
    }

    @Test
    void device_stub_isTheCrossEncoders() {
        var stub = new StubCrossEncoder(_ -> 1);
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(stub, ScoreCache.NONE, timer, 1)) {
            assertThat(reranker.device()).isEqualTo("stub");
        }
    }

    private static List<Outcome> rerank(
            CrossEncoder crossEncoder, int concurrency, int count, Deadline deadline) {
        try (var timer = DeadlineTimer.start();
                var reranker = new Reranker(crossEncoder, ScoreCache.NONE, timer, concurrency)) {
            return outcomes(reranker, count, deadline);
        }
    }

    private static List<Outcome> outcomes(Reranker reranker, int count, Deadline deadline) {
        return reranking(reranker, count, deadline).outcomes();
    }

    private static Reranking reranking(Reranker reranker, int count, Deadline deadline) {
        // As many tokens as the ordinal says, so that the stub can tell the pairs apart.
        return reranker.rerank(task(count, int[]::new), deadline).await().indefinitely();
    }

    private static RerankTask task(int count, PassageTokens tokens) {
        return new RerankTask(QUERY, count, tokens, PassageCut.HEAD, Convergence.NEVER);
    }

    /** A passage has as many tokens as its index says. */
    private static Outcome scored(int index, float logit) {
        return new Scored(index, logit, new Reading(index, index, new Span(0, index)), false);
    }

    private static Outcome[] failed(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Skipped(i, Reason.FAILED))
                .toArray(Outcome[]::new);
    }

    private static Outcome late(int index) {
        return new Skipped(index, Reason.LATE);
    }

    private static double throwingOnThree(int ordinal) {
        if (ordinal == 3) {
            throw new CrossEncoderException("forced", new IllegalStateException());
        }
        return ordinal;
    }

    private static double advancing(ManualClock clock, int ordinal) {
        clock.advance(Duration.ofMillis(10));
        return ordinal;
    }

    private static double held(CountDownLatch begun, CountDownLatch goOn) {
        begun.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    private static double pausing(int millis, double logit) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return logit;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
