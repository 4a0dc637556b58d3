package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.candidates.CandidateSearcher;
import dev.tandem.candidates.QueryEncoder;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.fixtures.Costs;
import dev.tandem.fixtures.CrossEncoderStub;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.fixtures.VirtualTime;
import dev.tandem.index.Generation;
import dev.tandem.model.Budget;
import dev.tandem.model.Candidate;
import dev.tandem.model.Candidates;
import dev.tandem.model.Coverage;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.Deadline;
import dev.tandem.model.Query;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.SearchResult;
import dev.tandem.model.Stage;
import dev.tandem.model.Temperature;
import dev.tandem.model.Walk;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.CostModel;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.Reranker;
import dev.tandem.rerank.ScoreCache;
import dev.tandem.retrieval.RerankRules.Cards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What hangs, and how late an answer can be, in virtual time: stage 1 takes as long as the test
 * says, and a cross-encoder that hangs does so until it is stopped.
 */
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
class SearchCallTest {
    private static final int CANDIDATES = 12;
    private static final Duration GRACE = Duration.ofMillis(30);
    private static final Duration RESERVE = Duration.ofMillis(50);
    private static final Query QUERY = new Query("how many?", 50, 5);

    @TempDir private static Path folder;

    private final VirtualTime time = new VirtualTime();
    private final DeadlineTimer timer = new DeadlineTimer(time);
    private Duration stageOne = Duration.ZERO;
    private Generation generation;
    private Passages passages;
    private Reranker hanging;

    /** Gives every query the same vector. */
    private static final class OneVector implements QueryEncoder {
        @Override
        public float[] encodeQuery(String text) {
            return new float[] {1};
        }

        @Override
        public int dimension() {
            return 1;
        }
    }

    /** Finds every passage, after the time that stage 1 is to take. */
    private final class Sleeping implements CandidateSearcher {
        @Override
        public Candidates search(
                float[] queryVector, int count, @Nullable BitSet accepted, WalkLimits limits) {
            time.sleep(stageOne);
            List<Candidate> all =
                    IntStream.range(0, CANDIDATES)
                            .mapToObj(i -> new Candidate(i, 0.9f - i / 100f))
                            .toList();
            return new Candidates(all, new Walk(CANDIDATES, CANDIDATES, true, Temperature.WARM, 0));
        }

        @Override
        public void close() {}
    }

    /** Ends a run when it is stopped, never before. */
    private static final class Hanging extends CrossEncoderStub {
        Hanging(CostModel cost) {
            super(cost);
        }

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            while (!stop.stopped()) {
                LockSupport.parkNanos(1_000_000);
            }
            throw new IllegalStateException("stopped");
        }
    }

    @BeforeAll
    void open() {
        generation = SmallIndex.build(folder);
        passages = Passages.open(generation, RealModels.pairTokenizer());
        var cost = Costs.everyRun(Duration.ofMillis(1), time.clock());
        hanging = new Reranker(new Hanging(cost), ScoreCache.NONE, timer, 2);
    }

    @AfterAll
    void close() {
        hanging.close();
        passages.close();
    }

    @Test
    void answer_crossEncoderThatHangs_isStageOneInTime() {
        SearchResult result = answer(Duration.ofMillis(5), budget(100));

        assertThat(result.passages())
                .extracting(RankedPassage::retrieveRank)
                .containsExactly(1, 2, 3, 4, 5);
        assertThat(result.passages()).extracting(RankedPassage::stage).containsOnly(Stage.RETRIEVE);
        assertThat(result.coverage().scored()).isZero();
        assertThat(result.coverage().reason()).isIn(Reason.RERANK_UNAVAILABLE, Reason.BUDGET_SPENT);
        assertThat(result.walk().complete()).isTrue();
    }

    @Test
    void answer_stageOneThatHangs_isEmptyAfterTheGraceAndSaysSo() {
        Budget budget = budget(100);
        SearchResult result = answer(Duration.ofHours(1), budget);

        assertThat(answeredAt - budget.due().atNanos()).isEqualTo(GRACE.toNanos());
        assertThat(result.passages()).isEmpty();
        assertThat(result.coverage()).isEqualTo(new Coverage(50, 0, 0, 0, 0, Reason.BUDGET_SPENT));
        assertThat(result.walk().complete()).isFalse();
    }

    @Test
    void answer_stageOneLateWithinTheGrace_hasItsHits() {
        SearchResult result = answer(Duration.ofMillis(120), budget(100));

        assertThat(result.passages()).hasSize(5);
        assertThat(result.coverage().reason()).isEqualTo(Reason.BUDGET_SPENT);
    }

    /** Whatever the platform leaves, the caller asks for and stage 1 takes. */
    @Test
    void answer_tenThousandTimes_isThereBeforeThePlatformsEnd() {
        var random = new Random(11);
        List<String> late = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Duration remaining = millis(random, 1_000);
            Duration asked = millis(random, 1_000);
            Duration its = millis(random, 1_500);
            Deadline end = Deadline.after(remaining, time.clock());
            long start = time.clock().getAsLong();

            SearchResult result =
                    answer(its, Budget.of(asked, GRACE, time.clock()).within(end, RESERVE));

            long before = end.atNanos() - answeredAt;
            boolean atOnce = answeredAt == start;
            if (before < Duration.ofMillis(20).toNanos() && !atOnce) {
                late.add("%s %s %s: %d ns before".formatted(remaining, asked, its, before));
            }
            assertThat(result.coverage().reason()).isNotEqualTo(Reason.COMPLETE);
        }
        assertThat(late).isEmpty();
    }

    private long answeredAt;

    private SearchResult answer(Duration stageOneTakes, Budget budget) {
        stageOne = stageOneTakes;
        var answer = new AtomicReference<@Nullable SearchResult>();
        var stages =
                new Stages(
                        new OneVector(),
                        new Sleeping(),
                        Settings.CANDIDATES,
                        passages,
                        hanging,
                        timer,
                        time,
                        new StorageHealth(time.clock()));
        var card = RealModels.crossEncoder().card();
        var rules =
                RerankRules.ofIndex(
                        Settings.RERANK,
                        RealModels.pairTokenizer(),
                        new Cards(card, null),
                        generation.manifest());
        new TwoStageRetriever(stages, rules)
                .search(QUERY, budget)
                .subscribe()
                .with(
                        result -> {
                            answeredAt = time.clock().getAsLong();
                            answer.set(result);
                        });
        while (answer.get() == null) {
            time.runNext();
        }
        return java.util.Objects.requireNonNull(answer.get());
    }

    private Budget budget(int millis) {
        return Budget.of(Duration.ofMillis(millis), GRACE, time.clock());
    }

    /** Small ones are as frequent as large ones. */
    private static Duration millis(Random random, int most) {
        return Duration.ofNanos((long) (1e6 * Math.pow(most, random.nextDouble())));
    }
}
