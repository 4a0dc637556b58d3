package dev.tandem.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.evaluation.BlendTuning.Report;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelCard.Blend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlendTuningTest {

    private static final String BI_ENCODER = "some-bi-encoder";
    private static final Blend SIMILARITY_ONLY = new Blend(0.001, 30, -24, BI_ENCODER);

    @Test
    void tune_logitsThatKnow_findsThemAndSaysThatItIsBetter() {
        List<ScoredQuery> queries = queries(60, 3, 0);

        Report report = BlendTuning.tune(queries, SIMILARITY_ONLY, BI_ENCODER);

        assertThat(report.tuned()).isGreaterThan(report.current() + 0.2);
        assertThat(report.low()).isPositive();
        assertThat(report.current()).isCloseTo(report.stage1(), within(1e-9));
        assertThat(report.blend().biEncoder()).isEqualTo(BI_ENCODER);
        assertThat(report.blend().logit()).isPositive();
        assertThat(report.ratiosOfFolds()).hasSize(5);
    }

    @Test
    void tune_similaritiesThatKnow_takesTheMostOfThem() {
        Report report = BlendTuning.tune(queries(60, 0, 0.2), null, BI_ENCODER);

        assertThat(report.blend().similarity() / report.blend().logit())
                .isCloseTo(250, within(2.0));
        assertThat(report.low()).isPositive();
    }

    @Test
    void tune_nothingKnows_findsNoGain() {
        List<ScoredQuery> queries = queries(100, 0.3, 0.02);
        Report best = BlendTuning.tune(queries, null, BI_ENCODER);

        Report again = BlendTuning.tune(queries, best.blend(), BI_ENCODER);

        assertThat(again.low()).isNotPositive();
        assertThat(again.high()).isNotNegative();
    }

    /** What is fitted on a query must not rank it: else noise would look like a gain. */
    @Test
    void tune_eachQuery_isRankedByWeightsOfTheOthers() {
        List<ScoredQuery> queries = queries(40, 1, 0.05);
        double[][] ndcg =
                queries.stream()
                        .map(q -> BlendFit.RATIOS.stream().mapToDouble(q::ndcg).toArray())
                        .toArray(double[][]::new);
        double expected = 0;
        for (int i = 0; i < 40; i++) {
            int fold = i % 5;
            List<double[]> others =
                    IntStream.range(0, 40)
                            .filter(j -> j % 5 != fold)
                            .mapToObj(j -> ndcg[j])
                            .toList();
            expected += ndcg[i][BlendFit.ratio(others)] / 40;
        }

        assertThat(BlendTuning.tune(queries, null, BI_ENCODER).tuned())
                .isCloseTo(expected, within(1e-9));
    }

    @Test
    void tune_tooFewQueries_saysHowManyAreWanted() {
        assertThatThrownBy(() -> BlendTuning.tune(queries(19, 1, 0), null, BI_ENCODER))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("got 19 judged queries, expected 20 or more");
    }

    @Test
    void weights_scoresThatFallWithRelevance_areRefused() {
        assertThatThrownBy(() -> BlendFit.weights(queries(30, -3, 0), 0, BI_ENCODER))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("do not rise with relevance");
    }

    @Test
    void weights_noRelevantCandidate_areRefused() {
        var query =
                new ScoredQuery(List.of("a", "b"), new double[] {1, 2}, new double[2], Map.of());

        assertThatThrownBy(() -> BlendFit.weights(List.of(query), 0, BI_ENCODER))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("0 relevant");
    }

    @Test
    void ratio_plateau_takesItsFarEnd() {
        double[] ndcg = new double[BlendFit.RATIOS.size()];
        ndcg[3] = 0.5;
        ndcg[4] = 0.4975;
        ndcg[5] = 0.498;
        ndcg[6] = 0.49;
        ndcg[7] = 0.499;

        assertThat(BlendFit.ratio(List.of(ndcg))).isEqualTo(5);
    }

    /** Odds of 1 to 3 at x = 0 and 3 to 1 at x = 1: log-odds of -log 3 and log 3. */
    @Test
    void logistic_knownOdds_areFound() {
        double[] x = {0, 0, 0, 0, 1, 1, 1, 1};
        double[] y = {0, 0, 0, 1, 1, 1, 1, 0};

        BlendFit.Line line = BlendFit.logistic(x, y);

        assertThat(line.slope()).isCloseTo(2 * Math.log(3), within(1e-3));
        assertThat(line.bias()).isCloseTo(-Math.log(3), within(1e-3));
    }

    @Test
    void ndcg_equalScores_staysInStageOnesOrder() {
        var query =
                new ScoredQuery(
                        List.of("a", "b"), new double[2], new double[] {0.5, 0.5}, Map.of("a", 1));

        assertThat(query.ndcg(30)).isEqualTo(1);
        assertThat(query.ndcgOfStage1()).isEqualTo(1);
    }

    @Test
    void interval_ofDifferences_holdsTheirMeanAndNarrowsWithTheirNumber() {
        var random = new Random(5);
        double[] few = random.doubles(20, -1, 1.5).toArray();
        double[] many = random.doubles(2_000, -1, 1.5).toArray();

        var wide = PairedBootstrap.of(few);
        var narrow = PairedBootstrap.of(many);

        assertThat(narrow.high() - narrow.low()).isLessThan((wide.high() - wide.low()) / 5);
        assertThat(narrow.low()).isBetween(0.15, 0.25);
        assertThat(narrow.high()).isBetween(0.25, 0.35);
    }

    /**
     * Queries of 30 candidates, one of them relevant.
     *
     * @param logit how much a relevant one's logit lies above the others', which spread by 1
     * @param similarity the same of the similarity, which spreads by 0.05
     */
    private static List<ScoredQuery> queries(int count, double logit, double similarity) {
        var random = new Random(7);
        List<ScoredQuery> queries = new ArrayList<>();
        for (int q = 0; q < count; q++) {
            List<double[]> candidates = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                int relevant = i == 0 ? 1 : 0;
                candidates.add(
                        new double[] {
                            relevant,
                            random.nextGaussian() + relevant * logit,
                            0.7 + random.nextGaussian() * 0.05 + relevant * similarity
                        });
            }
            candidates.sort((one, other) -> Double.compare(other[2], one[2]));
            queries.add(query(candidates));
        }
        return queries;
    }

    private static ScoredQuery query(List<double[]> candidates) {
        List<String> ids =
                IntStream.range(0, candidates.size())
                        .mapToObj(i -> candidates.get(i)[0] == 1 ? "relevant" : "p" + i)
                        .toList();
        return new ScoredQuery(
                ids,
                candidates.stream().mapToDouble(its -> its[1]).toArray(),
                candidates.stream().mapToDouble(its -> its[2]).toArray(),
                Map.of("relevant", 1));
    }
}
