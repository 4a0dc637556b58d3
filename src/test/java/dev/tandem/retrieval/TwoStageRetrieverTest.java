package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.fixtures.Budgets;
import dev.tandem.fixtures.Costs;
import dev.tandem.fixtures.CrossEncoderStub;
import dev.tandem.fixtures.ManualClock;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.IndexManifest.TokenizerRef;
import dev.tandem.index.Memory;
import dev.tandem.model.Budget;
import dev.tandem.model.Candidate;
import dev.tandem.model.Coverage;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.Deadline;
import dev.tandem.model.Filter;
import dev.tandem.model.Filter.Not;
import dev.tandem.model.Filter.OneOf;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.MetadataValue.Whole;
import dev.tandem.model.Query;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.SearchResult;
import dev.tandem.model.Stage;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.CostModel;
import dev.tandem.rerank.CrossEncoder;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.rerank.Reranker;
import dev.tandem.rerank.ScoreCache;
import dev.tandem.retrieval.RerankRules.Cards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class TwoStageRetrieverTest {
    private static final Query BERLIN = new Query("How many people live in Berlin?", 10, 5);
    private static final Budget NEVER = Budgets.NEVER;

    @TempDir private static Path folder;
    private Generation generation;
    private JVectorCandidateSearcher searcher;

    /** The real cross-encoder with something that happens before each run. */
    private static final class Disturbed extends CrossEncoderStub {
        private final Runnable before;

        Disturbed(Runnable before) {
            this(before, Costs.nothing());
        }

        Disturbed(Runnable before, CostModel cost) {
            super(cost);
            this.before = before;
        }

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            before.run();
            return RealModels.crossEncoder().logits(pairs, stop);
        }
    }

    @BeforeAll
    void build() {
        generation = SmallIndex.build(folder);
        IndexManifest manifest = generation.manifest();
        searcher =
                JVectorCandidateSearcher.open(
                        generation.folder(),
                        manifest.passages(),
                        manifest.dimension(),
                        1.5,
                        Memory.NORMAL);
    }

    @AfterAll
    void close() {
        searcher.close();
    }

    @Test
    void search_enoughTime_isComplete() {
        SearchResult result = search(() -> {}, BERLIN, NEVER);

        assertThat(result.coverage()).isEqualTo(new Coverage(10, 10, 10, 0, 0, Reason.COMPLETE));
        assertThat(result.passages()).hasSize(5);
        assertThat(result.passages())
                .extracting(RankedPassage::rank)
                .containsExactly(1, 2, 3, 4, 5);
        assertThat(result.passages()).allMatch(hit -> hit.stage() == Stage.RERANK);
        assertThat(result.passages())
                .isSortedAccordingTo(Comparator.comparingDouble(hit -> -hit.score()));
        assertThat(result.passages().getFirst().passage().id()).isEqualTo("berlin");
        assertThat(result.passages().getFirst().passage().metadata()).containsEntry("year", 2015);
        assertThat(result.generation()).isEqualTo(generation.id());
        assertThat(result.device()).isEqualTo("stub");
    }

    @Test
    void search_anyQuery_saysWhereTheTimeWent() {
        var timings = search(() -> {}, BERLIN, NEVER).timings();

        assertThat(timings.encode()).isPositive();
        assertThat(timings.retrieve()).isPositive();
        assertThat(timings.rerank()).isPositive();
        assertThat(timings.total())
                .isGreaterThanOrEqualTo(
                        timings.encode().plus(timings.retrieve()).plus(timings.rerank()));
    }

    @Test
    void search_smallIndex_plansWhatIsThere() {
        var coverage = search(() -> {}, new Query("tea", 100, 100), NEVER).coverage();

        assertThat(coverage).isEqualTo(new Coverage(100, 12, 12, 0, 0, Reason.COMPLETE));
    }

    @Test
    void search_aFilter_plansWhatFits() {
        Filter inBerlin = year(2015);

        SearchResult fits = search(() -> {}, filtered(inBerlin), NEVER);
        SearchResult rest = search(() -> {}, filtered(new Not(inBerlin)), NEVER);

        assertThat(ids(fits)).containsExactly("berlin");
        assertThat(fits.coverage()).isEqualTo(new Coverage(100, 1, 1, 0, 0, Reason.COMPLETE));
        assertThat(ids(rest)).hasSize(11).doesNotContain("berlin");
    }

    @Test
    void search_aFilterThatNothingFits_isCompleteAndEmpty() {
        SearchResult result = search(() -> {}, filtered(year(1999)), Budgets.NONE);

        assertThat(result.passages()).isEmpty();
        assertThat(result.coverage()).isEqualTo(new Coverage(100, 0, 0, 0, 0, Reason.COMPLETE));
    }

    @Test
    void search_aFilterOnAnUnknownField_isRefused() {
        Filter unknown = new OneOf("yaer", List.of(new Whole(2015)));

        assertThatThrownBy(() -> search(() -> {}, filtered(unknown), NEVER))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("\"yaer\"; known are year");
    }

    @Test
    void search_noTime_isStageOne() {
        SearchResult result = search(() -> {}, BERLIN, Budgets.NONE);

        assertThat(result.walk().complete()).isTrue();
        assertThat(result.coverage()).isEqualTo(new Coverage(10, 0, 0, 0, 0, Reason.BUDGET_SPENT));
        assertThat(result.passages())
                .extracting(RankedPassage::retrieveRank)
                .containsExactly(1, 2, 3, 4, 5);
        assertThat(result.passages()).allMatch(hit -> hit.logit() == null);
        assertThat(ids(result)).isEqualTo(ids(searcherAlone()));
    }

    @Test
    void search_timeForFour_putsTheFourFirst() {
        var clock = new ManualClock();
        Duration run = Duration.ofMillis(10);
        var timed = new Disturbed(() -> clock.advance(run), Costs.everyRun(run, clock));
        Budget budget = Budgets.due(Deadline.after(Duration.ofMillis(45), clock));
        Query all = new Query(BERLIN.text(), 10, 10);

        SearchResult result = search(timed, all, budget, generation, Settings.RERANK);

        assertThat(result.coverage()).isEqualTo(new Coverage(10, 4, 4, 0, 0, Reason.BUDGET_SPENT));
        assertThat(result.passages().subList(0, 4))
                .allMatch(hit -> hit.stage() == Stage.RERANK)
                .extracting(RankedPassage::retrieveRank)
                .containsExactlyInAnyOrder(1, 2, 3, 4);
        assertThat(result.passages().subList(4, 10))
                .allMatch(hit -> hit.stage() == Stage.RETRIEVE)
                .extracting(RankedPassage::retrieveRank)
                .containsExactly(5, 6, 7, 8, 9, 10);
    }

    @Test
    void search_crossEncoderThatThrows_isStageOneAndSaysSo() {
        SearchResult result = search(TwoStageRetrieverTest::fail, BERLIN, NEVER);

        assertThat(result.coverage())
                .isEqualTo(new Coverage(10, 10, 0, 10, 0, Reason.RERANK_UNAVAILABLE));
        assertThat(result.passages()).extracting(RankedPassage::retrieveRank).isSorted();
    }

    @Test
    void search_storedTokensOfAnotherTokenizer_givesTheSameScores() {
        SearchResult stored = search(() -> {}, BERLIN, NEVER);
        SearchResult tokenizedAgain = search(() -> {}, BERLIN, NEVER, byAnotherTokenizer());

        assertThat(tokenizedAgain.passages()).isEqualTo(stored.passages());
        try (var passages = Passages.open(byAnotherTokenizer(), RealModels.pairTokenizer());
                var same = Passages.open(generation, RealModels.pairTokenizer())) {
            for (int ordinal = 0; ordinal < 12; ordinal++) {
                assertThat(passages.tokenIds(ordinal)).containsExactly(same.tokenIds(ordinal));
            }
        }
    }

    @Test
    void search_longestQuery_isAnswered() {
        int most = RealModels.pairTokenizer().maxQueryTokens();

        assertThat(search(() -> {}, new Query("rain ".repeat(most), 10, 1), NEVER).coverage())
                .extracting(Coverage::reason)
                .isEqualTo(Reason.COMPLETE);
    }

    @Test
    void search_longerQuery_isRefusedWithBothLengths() {
        int most = RealModels.pairTokenizer().maxQueryTokens();
        var query = new Query("rain ".repeat(most + 1), 10, 1);

        assertThatThrownBy(() -> search(() -> {}, query, NEVER))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("query: got " + (most + 1) + " tokens")
                .hasMessageContaining("at most " + most);
    }

    private static Query filtered(Filter filter) {
        return new Query(BERLIN.text(), 100, 100, filter, RerankOptions.DEFAULT);
    }

    private static Filter year(int year) {
        return new OneOf("year", List.of(new Whole(year)));
    }

    private SearchResult search(Runnable before, Query query, Budget budget) {
        return search(before, query, budget, generation);
    }

    private SearchResult search(Runnable before, Query query, Budget budget, Generation searched) {
        return search(new Disturbed(before), query, budget, searched, Settings.RERANK);
    }

    /** One run at a time, so that a clock which goes on with each run is exact. */
    private SearchResult search(
            CrossEncoder crossEncoder,
            Query query,
            Budget budget,
            Generation searched,
            RerankConfig config) {
        var tokenizer = RealModels.pairTokenizer();
        var card = RealModels.crossEncoder().card();
        var rules =
                RerankRules.ofIndex(config, tokenizer, new Cards(card, null), searched.manifest());
        try (var passages = Passages.open(searched, tokenizer);
                var timer = DeadlineTimer.start();
                var threads = Executors.newCachedThreadPool();
                var reranker = new Reranker(crossEncoder, ScoreCache.NONE, timer, 1)) {
            var stages =
                    new Stages(
                            RealModels.biEncoder(),
                            searcher,
                            Settings.CANDIDATES,
                            passages,
                            reranker,
                            timer,
                            threads,
                            new StorageHealth(System::nanoTime));
            return new TwoStageRetriever(stages, rules)
                    .search(query, budget)
                    .await()
                    .indefinitely();
        }
    }

    private List<Candidate> searcherAlone() {
        return searcher.search(
                        RealModels.biEncoder().encodeQuery(BERLIN.text()), 5, null, WalkLimits.NONE)
                .list();
    }

    private List<String> ids(List<Candidate> candidates) {
        try (var passages = Passages.open(generation, RealModels.pairTokenizer())) {
            return candidates.stream().map(hit -> passages.passage(hit.ordinal()).id()).toList();
        }
    }

    private static List<String> ids(SearchResult result) {
        return result.passages().stream().map(hit -> hit.passage().id()).toList();
    }

    private Generation byAnotherTokenizer() {
        IndexManifest m = generation.manifest();
        return new Generation(
                generation.folder(),
                new IndexManifest(
                        m.format(),
                        m.version(),
                        m.generation(),
                        m.created(),
                        m.builder(),
                        m.passages(),
                        m.dimension(),
                        m.similarity(),
                        m.biEncoder(),
                        new TokenizerRef("other", "f00", TokenizerRef.DEFAULT),
                        m.graph(),
                        m.vectors(),
                        m.source(),
                        m.files()));
    }

    private static void fail() {
        throw new IllegalStateException("forced");
    }
}
