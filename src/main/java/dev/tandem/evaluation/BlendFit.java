package dev.tandem.evaluation;

import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelCard.Blend;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Weights of {@code sigmoid(logit * x + similarity * y + bias)} from judged queries, in two steps.
 * The ratio y/x decides the order: of all whose mean nDCG@10 is hardly below the best one's, the
 * one with the most similarity is taken, for it is the safer one on queries of other kinds. Then x
 * and bias are fitted as a logistic regression, so that a score is about the chance of being
 * relevant.
 */
final class BlendFit {

    /** Weight of the similarity for each of the logit; those that training/blend.py tries. */
    static final List<Double> RATIOS =
            List.of(
                    0.0, 2.0, 5.0, 7.5, 10.0, 12.5, 15.0, 17.5, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0,
                    50.0, 60.0, 70.0, 80.0, 100.0, 130.0, 170.0, 250.0);

    /** Of nDCG@10: what the order may cost that has more similarity in it. */
    private static final double PLATEAU = 0.003;

    private static final int MOST_STEPS = 50;
    private static final double CLOSE = 1e-10;

    /** Keeps the steps finite where a line parts the relevant from the others. */
    private static final double RIDGE = 1e-6;

    private BlendFit() {}

    /**
     * Place in {@link #RATIOS} of the ratio that is taken.
     *
     * @param ndcg of each query at each ratio
     */
    static int ratio(List<double[]> ndcg) {
        double[] means =
                IntStream.range(0, RATIOS.size())
                        .mapToDouble(
                                r -> ndcg.stream().mapToDouble(its -> its[r]).average().orElse(0))
                        .toArray();
        int best = 0;
        for (int i = 1; i < means.length; i++) {
            best = means[i] > means[best] ? i : best;
        }
        int taken = best;
        while (taken + 1 < means.length && means[taken + 1] >= means[best] - PLATEAU) {
            taken++;
        }
        return taken;
    }

    /**
     * @param biEncoder whose similarities they are
     * @throws ModelException if no score can be made of them
     */
    static Blend weights(List<ScoredQuery> queries, double ratio, String biEncoder) {
        int size = queries.stream().mapToInt(ScoredQuery::size).sum();
        double[] mixed = new double[size];
        double[] relevant = new double[size];
        int at = 0;
        for (ScoredQuery query : queries) {
            for (int i = 0; i < query.size(); i++) {
                mixed[at] = query.mixed(i, ratio);
                relevant[at++] = query.isRelevant(i) ? 1 : 0;
            }
        }
        Line line = logistic(mixed, relevant);
        // Written so that NaN fails.
        if (!(line.slope() > 0)) {
            throw new ModelException(
                    "Among %,d candidates of %d queries, scores do not rise with relevance (slope %.4f, %,.0f relevant). Do the judgements belong to this index, and are relevant passages among the candidates?"
                            .formatted(size, queries.size(), line.slope(), sum(relevant)));
        }
        return new Blend(
                rounded(line.slope()),
                rounded(line.slope() * ratio),
                rounded(line.bias()),
                biEncoder);
    }

    /** {@code slope * x + bias}. */
    record Line(double slope, double bias) {}

    /**
     * The line whose sigmoid is most likely to give these outcomes, by Newton's method.
     *
     * @param y 0 or 1 for each x
     */
    static Line logistic(double[] x, double[] y) {
        double center = sum(x) / x.length;
        double scale =
                Math.sqrt(
                        IntStream.range(0, x.length)
                                        .mapToDouble(i -> (x[i] - center) * (x[i] - center))
                                        .sum()
                                / x.length);
        double[] z = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            z[i] = (x[i] - center) / scale;
        }
        Line line = new Line(0, 0);
        for (int step = 0; step < MOST_STEPS; step++) {
            Line next = stepped(line, z, y);
            boolean done =
                    Math.abs(next.slope() - line.slope()) < CLOSE
                            && Math.abs(next.bias() - line.bias()) < CLOSE;
            line = next;
            if (done) {
                break;
            }
        }
        return new Line(line.slope() / scale, line.bias() - line.slope() * center / scale);
    }

    private static Line stepped(Line line, double[] z, double[] y) {
        double slope = -RIDGE * line.slope();
        double bias = -RIDGE * line.bias();
        double slopes = RIDGE;
        double both = 0;
        double biases = RIDGE;
        for (int i = 0; i < z.length; i++) {
            double p = 1 / (1 + Math.exp(-line.slope() * z[i] - line.bias()));
            double curvature = p * (1 - p) / z.length;
            slope += z[i] * (y[i] - p) / z.length;
            bias += (y[i] - p) / z.length;
            slopes += z[i] * z[i] * curvature;
            both += z[i] * curvature;
            biases += curvature;
        }
        double determinant = slopes * biases - both * both;
        return new Line(
                line.slope() + (biases * slope - both * bias) / determinant,
                line.bias() + (slopes * bias - both * slope) / determinant);
    }

    private static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }

    private static double rounded(double weight) {
        return Math.round(weight * 1e4) / 1e4;
    }
}
