package dev.tandem.bench;

import java.util.Arrays;
import java.util.List;

/**
 * What a scorer made of all pairs.
 *
 * @param logits in the order of the passages
 */
record ScoredPairs(List<Double> logits, TokenCount tokens) {

    static ScoredPairs of(double[] logits, TokenCount tokens) {
        return new ScoredPairs(Arrays.stream(logits).boxed().toList(), tokens);
    }

    /** Pearson's, of the logits of two scorers. */
    double correlation(ScoredPairs other) {
        return covariance(this, other)
                / Math.sqrt(covariance(this, this) * covariance(other, other));
    }

    double largestDifference(ScoredPairs other) {
        double largest = 0;
        for (int i = 0; i < logits.size(); i++) {
            largest = Math.max(largest, Math.abs(logits.get(i) - other.logits.get(i)));
        }
        return largest;
    }

    /** Times the number of pairs. */
    private static double covariance(ScoredPairs a, ScoredPairs b) {
        double meanA = a.mean();
        double meanB = b.mean();
        double sum = 0;
        for (int i = 0; i < a.logits.size(); i++) {
            sum += (a.logits.get(i) - meanA) * (b.logits.get(i) - meanB);
        }
        return sum;
    }

    private double mean() {
        return logits.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
