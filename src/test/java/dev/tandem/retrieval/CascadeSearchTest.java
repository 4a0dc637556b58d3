package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Budgets;
import dev.tandem.fixtures.Costs;
import dev.tandem.fixtures.CrossEncoderStub;
import dev.tandem.fixtures.ManualClock;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.RerankServer;
import dev.tandem.fixtures.Settings;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.index.Generation;
import dev.tandem.model.Budget;
import dev.tandem.model.Coverage;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.Deadline;
import dev.tandem.model.LongPassages;
import dev.tandem.model.Order;
import dev.tandem.model.Query;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.RankedText;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.SearchResult;
import dev.tandem.model.Stage;
import dev.tandem.model.TextQuery;
import dev.tandem.model.TextReading;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.OpenCascade;
import dev.tandem.rerank.OpenCrossEncoder;
import dev.tandem.rerank.RemoteReranker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The shipped cross-encoder as both models of a cascade. As the large one its runs take a second of
 * a clock by hand, so there is time for about five of twelve candidates; as the small one they take
 * none of that.
 */
@TestInstance(Lifecycle.PER_CLASS)
class CascadeSearchTest {

    private static final String BERLIN = "How many people live in Berlin?";
    private static final int PASSAGES = 12;
    private static final Duration RUN = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration FOR_FIVE = Duration.ofMillis(5_500);

    @TempDir private static Path folder;
    private Generation generation;

    private static final class Slow extends CrossEncoderStub {
        private final ManualClock clock;

        Slow(ManualClock clock) {
            super(Costs.everyRun(RUN, clock));
            this.clock = clock;
        }

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            clock.advance(RUN);
            return RealModels.crossEncoder().logits(pairs, stop);
        }
    }

    @BeforeAll
    void build() {
        generation = SmallIndex.build(folder);
    }

    /** Both orders of the same model, one behind the other, are that model's order. */
    @ParameterizedTest
    @EnumSource(
            value = Order.class,
            names = {"BLEND", "REPLACE"})
    void search_timeForFive_hasTheOrderOfTheModelThatBothAre(Order order) {
        Query query = query(new RerankOptions(null, order, 0, null));
        SearchResult alone = search(RealModels.both(), query, Budgets.NEVER);
        SearchResult cascaded = cascaded(query, FOR_FIVE);

        assertPartly(cascaded.coverage());
        assertThat(ids(cascaded)).isEqualTo(ids(alone));
        assertThat(cascaded.passages())
                .extracting(RankedPassage::logit)
                .isEqualTo(alone.passages().stream().map(RankedPassage::logit).toList());
        List<Stage> stages = cascaded.passages().stream().map(RankedPassage::stage).toList();
        int scored = cascaded.coverage().scored();
        assertThat(stages.subList(0, scored)).containsOnly(Stage.RERANK);
        assertThat(stages.subList(scored, PASSAGES)).containsOnly(Stage.PRERANK);
        assertThat(cascaded.passages().subList(0, scored))
                .isEqualTo(alone.passages().subList(0, scored));
    }

    @Test
    void search_longPassages_areReadAlikeByBoth() {
        Query query = query(new RerankOptions(LongPassages.CHUNK_MAX, null, 0, null));

        SearchResult cascaded = cascaded(query, FOR_FIVE);

        assertPartly(cascaded.coverage());
        assertThat(cascaded.passages())
                .allSatisfy(
                        hit -> {
                            assertThat(hit.reading()).isNotNull();
                            assertThat(hit.logit()).isNotNull();
                        });
    }

    @Test
    void search_placesInBothOrders_keepTheModelsApart() {
        SearchResult cascaded =
                cascaded(query(new RerankOptions(null, Order.RRF, 0, null)), FOR_FIVE);

        assertPartly(cascaded.coverage());
        assertThat(cascaded.passages())
                .extracting(RankedPassage::stage)
                .isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @Test
    void search_timeForAll_isTheAnswerWithoutACascade() {
        Query query = query(RerankOptions.DEFAULT);

        SearchResult cascaded = cascaded(query, Duration.ofMinutes(1));

        assertThat(cascaded.coverage())
                .isEqualTo(new Coverage(PASSAGES, PASSAGES, PASSAGES, 0, 0, Reason.COMPLETE));
        assertThat(cascaded.passages())
                .isEqualTo(search(RealModels.both(), query, Budgets.NEVER).passages());
    }

    /** What ends early goes on in stage 1's order. */
    @Test
    void search_earlyStop_isWithoutACascade() {
        SearchResult cascaded = cascaded(query(new RerankOptions(null, null, 0, true)), FOR_FIVE);

        assertThat(cascaded.coverage().preranked()).isZero();
        assertThat(cascaded.coverage().reason()).isEqualTo(Reason.BUDGET_SPENT);
    }

    /** A remote goes through stage 1's order from its end. */
    @Test
    void search_whileARemoteTakesPart_isWithoutACascade() throws InterruptedException {
        var local = RealModels.crossEncoder();
        var clock = new ManualClock();
        try (var server = RerankServer.ofTheRealModel();
                var remote =
                        RemoteReranker.open(server.config(8, PATIENCE), local, local.card())
                                .orElseThrow()) {
            while (!remote.use().state().equals("takes part")) {
                Thread.sleep(20);
            }

            SearchResult helped =
                    search(
                            cascade(clock, remote),
                            query(RerankOptions.DEFAULT),
                            due(FOR_FIVE, clock));

            assertThat(helped.coverage().preranked()).isZero();
        }
    }

    @Test
    void rerank_textsOfTheCaller_areCascadedToo() {
        List<String> texts = SmallIndex.CORPUS.lines().toList();
        var query =
                new TextQuery(BERLIN, texts, PASSAGES, RerankOptions.DEFAULT, TextReading.DEFAULT);
        var clock = new ManualClock();
        try (var engine = open(cascade(clock));
                var alone = open(RealModels.both())) {
            var cascaded =
                    engine.texts().rerank(query, due(FOR_FIVE, clock)).await().indefinitely();

            assertPartly(cascaded.coverage());
            assertThat(cascaded.texts())
                    .extracting(RankedText::index)
                    .isEqualTo(
                            alone
                                    .texts()
                                    .rerank(query, Budgets.NEVER)
                                    .await()
                                    .indefinitely()
                                    .texts()
                                    .stream()
                                    .map(RankedText::index)
                                    .toList());
        }
    }

    private static void assertPartly(Coverage coverage) {
        assertThat(coverage.reason()).isEqualTo(Reason.PRERANKED);
        assertThat(coverage.scored()).isBetween(1, PASSAGES - 1);
        assertThat(coverage.preranked()).isEqualTo(PASSAGES - coverage.scored());
        assertThat(coverage.planned()).isBetween(coverage.scored(), PASSAGES - 1);
    }

    private SearchResult cascaded(Query query, Duration budget) {
        var clock = new ManualClock();
        return search(cascade(clock), query, due(budget, clock));
    }

    private static Budget due(Duration budget, ManualClock clock) {
        return Budgets.due(Deadline.after(budget, clock));
    }

    private SearchResult search(Models models, Query query, Budget budget) {
        try (var engine = open(models)) {
            return engine.retriever().search(query, budget).await().indefinitely();
        }
    }

    private SearchEngine open(Models models) {
        return SearchEngine.open(models, generation, Settings.ENGINE);
    }

    /** Not to be closed: the models are everybody's. */
    private static Models cascade(ManualClock clock) {
        return cascade(clock, null);
    }

    private static Models cascade(ManualClock clock, @Nullable RemoteReranker remote) {
        var real = RealModels.crossEncoder();
        return new Models(
                RealModels.biEncoder(),
                new OpenCrossEncoder(real, null, new Slow(clock)),
                new OpenCascade(real, 0.5),
                remote);
    }

    private static Query query(RerankOptions options) {
        return new Query(BERLIN, PASSAGES, PASSAGES, null, options);
    }

    private static List<String> ids(SearchResult result) {
        return result.passages().stream().map(hit -> hit.passage().id()).toList();
    }
}
