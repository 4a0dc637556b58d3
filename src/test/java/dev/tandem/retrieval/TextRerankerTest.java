package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.Budgets;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Budget;
import dev.tandem.model.Coverage;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.LongPassages;
import dev.tandem.model.Order;
import dev.tandem.model.QueryTokens;
import dev.tandem.model.RankedText;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.Span;
import dev.tandem.model.Stage;
import dev.tandem.model.TextQuery;
import dev.tandem.model.TextRanking;
import dev.tandem.model.TextReading;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.LongQuery;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.rerank.Reranker;
import dev.tandem.rerank.ScoreCache;
import dev.tandem.retrieval.RerankRules.Cards;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class TextRerankerTest {
    private static final String QUERY = "How many people live in Berlin?";
    private static final List<String> TEXTS =
            List.of(
                    "Tea is made with hot water.",
                    "New York City is famous for the Metropolitan Museum of Art.",
                    "Berlin has a population of 3,520,031 registered inhabitants.");

    private final DeadlineTimer timer = DeadlineTimer.start();
    private final Reranker reranker =
            new Reranker(RealModels.crossEncoder(), ScoreCache.NONE, timer, 2);

    @AfterAll
    void close() {
        reranker.close();
        timer.close();
    }

    @Test
    void rerank_texts_putsTheAnswerFirst() {
        TextRanking ranking = rerank(query(TEXTS, RerankOptions.DEFAULT), Budgets.NEVER);

        assertThat(ranking.texts()).extracting(RankedText::index).startsWith(2);
        assertThat(ranking.texts()).extracting(RankedText::stage).containsOnly(Stage.RERANK);
        assertThat(ranking.texts())
                .isSortedAccordingTo(Comparator.comparingDouble(text -> -text.score()));
        assertThat(ranking.coverage()).isEqualTo(new Coverage(3, 3, 3, 0, 0, Reason.COMPLETE));
        assertThat(ranking.work().pairs()).isEqualTo(3);
        assertThat(ranking.query()).isEqualTo(new QueryTokens(7, 7));
        assertThat(ranking.device()).isEqualTo("cpu");
    }

    @Test
    void rerank_aText_scoresLikeThePairAlone() {
        var tokenizer = RealModels.pairTokenizer();
        var pair = tokenizer.pair(tokenizer.ids(QUERY), tokenizer.storableIds(TEXTS.get(1)));
        float alone = RealModels.crossEncoder().logit(pair);

        for (RankedText text : rerank(query(TEXTS, RerankOptions.DEFAULT), Budgets.NEVER).texts()) {
            float logit = Objects.requireNonNull(text.logit());
            assertThat(text.score()).isEqualTo(1 / (1 + Math.exp(-logit)));
            if (text.index() == 1) {
                assertThat(logit).isEqualTo(alone);
            }
        }
    }

    @Test
    void rerank_noTime_keepsTheCallersOrderAndSaysSo() {
        TextRanking ranking = rerank(query(TEXTS, RerankOptions.DEFAULT), Budgets.NONE);

        assertThat(ranking.texts()).extracting(RankedText::index).containsExactly(0, 1, 2);
        assertThat(ranking.texts()).extracting(RankedText::stage).containsOnly(Stage.RETRIEVE);
        assertThat(ranking.texts()).extracting(RankedText::score).containsOnly(0.5);
        assertThat(ranking.coverage().reason()).isEqualTo(Reason.BUDGET_SPENT);
    }

    @Test
    void rerank_topKAndMinScore_areObeyed() {
        assertThat(
                        rerank(
                                        new TextQuery(
                                                QUERY,
                                                TEXTS,
                                                1,
                                                RerankOptions.DEFAULT,
                                                TextReading.DEFAULT),
                                        Budgets.NEVER)
                                .texts())
                .extracting(RankedText::index)
                .containsExactly(2);
        var likely = new RerankOptions(null, null, 0.5, null);
        assertThat(rerank(query(TEXTS, likely), Budgets.NEVER).texts())
                .extracting(RankedText::index)
                .containsExactly(2);
    }

    @Test
    void rerank_rrf_countsTheCallersPlaces() {
        var rrf = new RerankOptions(null, Order.RRF, 0, null);
        TextRanking ranking = rerank(query(TEXTS.reversed(), rrf), Budgets.NEVER);

        assertThat(ranking.texts()).extracting(RankedText::index).startsWith(0);
        assertThat(ranking.texts().getFirst().score()).isEqualTo(1.0);
    }

    @Test
    void rerank_noTexts_isCompleteAndEmpty() {
        TextRanking ranking = rerank(query(List.of(), RerankOptions.DEFAULT), Budgets.NEVER);

        assertThat(ranking.texts()).isEmpty();
        assertThat(ranking.coverage()).isEqualTo(new Coverage(0, 0, 0, 0, 0, Reason.COMPLETE));
    }

    @Test
    void rerank_longTexts_readsWhatIsAskedFor() {
        String filler = "The weather was fine and nothing else happened that day. ".repeat(60);
        List<String> texts = List.of(filler + TEXTS.get(2), filler);

        RankedText head = first(texts, LongPassages.HEAD);
        RankedText chunks = first(texts, LongPassages.CHUNK_MAX);
        RankedText best = first(texts, LongPassages.BEST_PASSAGE);

        assertThat(best.index()).isZero();
        assertThat(chunks.index()).isZero();
        assertThat(best.score()).isGreaterThan(head.score());
        var reading = Objects.requireNonNull(best.reading());
        assertThat(reading.span().to()).isEqualTo(reading.tokensIn());
        assertThat(reading.tokensUsed()).isEqualTo(reading.span().length());
        assertThat(Objects.requireNonNull(chunks.reading()).tokensUsed())
                .isGreaterThanOrEqualTo(reading.tokensIn());
        assertThat(chunks.logit()).isGreaterThanOrEqualTo(Objects.requireNonNull(best.logit()));
        assertThat(Objects.requireNonNull(head.reading()).span())
                .isEqualTo(new Span(0, reading.tokensUsed()));
    }

    @Test
    void rerank_queryTooLong_isRefusedOrCutAndSaysSo() {
        int most = RealModels.pairTokenizer().maxQueryTokens();
        String query = "rain ".repeat(most + 5);
        var texts = new TextQuery(query, TEXTS, 3, RerankOptions.DEFAULT, TextReading.DEFAULT);

        assertThatThrownBy(() -> rerank(texts, Budgets.NEVER))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("tandem.rerank.long-query=cut");
        TextRanking cut =
                rerank(texts, Budgets.NEVER, Settings.RERANK.withLongQuery(LongQuery.CUT));
        assertThat(cut.query()).isEqualTo(new QueryTokens(most + 5, most));
        assertThat(cut.coverage().reason()).isEqualTo(Reason.COMPLETE);
    }

    private RankedText first(List<String> texts, LongPassages longPassages) {
        var options = new RerankOptions(longPassages, null, 0, null);
        return rerank(query(texts, options), Budgets.NEVER).texts().getFirst();
    }

    private static TextQuery query(List<String> texts, RerankOptions options) {
        return new TextQuery(QUERY, texts, 10, options, TextReading.DEFAULT);
    }

    private TextRanking rerank(TextQuery query, Budget budget) {
        return rerank(query, budget, Settings.RERANK);
    }

    private TextRanking rerank(TextQuery query, Budget budget, RerankConfig config) {
        var crossEncoder = RealModels.crossEncoder();
        var rules =
                RerankRules.ofTexts(
                        config, crossEncoder.tokenizer(), new Cards(crossEncoder.card(), null));
        return new TextReranker(reranker, crossEncoder.tokenizer(), rules)
                .rerank(query, budget)
                .await()
                .indefinitely();
    }
}
