package dev.tandem.evaluation;

import dev.tandem.evaluation.PairedBootstrap.Interval;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.onnx.ModelCard.Blend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Fits the blend to judged queries, and says what that is worth on others: each query is ranked by
 * weights that were fitted without it, and without those of its fold.
 */
final class BlendTuning {

    /** Fewer do not tell weights apart. */
    static final int FEWEST_QUERIES = 20;

    private static final int FOLDS = 5;

    private BlendTuning() {}

    /**
     * What came of it; nDCG@10 are means over the queries.
     *
     * @param current with the card's weights, or with the cross-encoder alone
     * @param tuned each query with weights that were fitted on the other folds
     * @param low of 95 % of the mean difference of tuned to current
     * @param high of the same
     * @param ratiosOfFolds similarity for each logit that the folds took
     * @param before the card's weights; null if the cross-encoder decides alone
     * @param blend weights that were fitted on all queries
     */
    record Report(
            int queries,
            int folds,
            double stage1,
            double current,
            double tuned,
            double low,
            double high,
            List<Double> ratiosOfFolds,
            @Nullable Blend before,
            Blend blend) {

        double difference() {
            return tuned - current;
        }
    }

    /**
     * @param before weights in use; null if the cross-encoder decides alone
     * @param biEncoder whose similarities they are
     * @throws InvalidRequestException if there are too few queries
     */
    static Report tune(List<ScoredQuery> queries, @Nullable Blend before, String biEncoder) {
        if (queries.size() < FEWEST_QUERIES) {
            throw new InvalidRequestException(
                    Kind.MALFORMED,
                    "--tune-blend",
                    "got %d judged queries, expected %d or more: fewer do not tell weights apart"
                            .formatted(queries.size(), FEWEST_QUERIES));
        }
        List<double[]> ndcg = queries.stream().map(BlendTuning::byRatio).toList();
        double currentRatio = before == null ? 0 : before.similarity() / before.logit();
        double[] current = queries.stream().mapToDouble(q -> q.ndcg(currentRatio)).toArray();
        double[] tuned = new double[queries.size()];
        List<Double> ratios = new ArrayList<>();
        for (int fold = 0; fold < FOLDS; fold++) {
            int its = BlendFit.ratio(without(fold, ndcg));
            ratios.add(BlendFit.RATIOS.get(its));
            for (int i = fold; i < tuned.length; i += FOLDS) {
                tuned[i] = ndcg.get(i)[its];
            }
        }
        double ratio = BlendFit.RATIOS.get(BlendFit.ratio(ndcg));
        Interval interval = PairedBootstrap.of(differences(tuned, current));
        return new Report(
                queries.size(),
                FOLDS,
                queries.stream().mapToDouble(ScoredQuery::ndcgOfStage1).average().orElse(0),
                mean(current),
                mean(tuned),
                interval.low(),
                interval.high(),
                ratios,
                before,
                BlendFit.weights(queries, ratio, biEncoder));
    }

    private static double[] byRatio(ScoredQuery query) {
        return BlendFit.RATIOS.stream().mapToDouble(query::ndcg).toArray();
    }

    /** A fold takes every fifth query: files often have those of one kind together. */
    private static List<double[]> without(int fold, List<double[]> ndcg) {
        return IntStream.range(0, ndcg.size())
                .filter(i -> i % FOLDS != fold)
                .mapToObj(ndcg::get)
                .toList();
    }

    private static double[] differences(double[] one, double[] other) {
        return IntStream.range(0, one.length).mapToDouble(i -> one[i] - other[i]).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }
}
