package dev.tandem.retrieval;

import dev.tandem.model.Candidate;
import dev.tandem.rerank.Convergence;
import java.util.Arrays;
import java.util.List;

/**
 * Ends scoring when the candidates that are left are unlikely to enter the topK. One enters if its
 * logit is as high as its similarity needs it to be to pass the last of the topK so far. What its
 * logit may be is taken from this query's own: those of the later half of the scored candidates,
 * since logits fall along stage 1's order. The chances of all that are left are summed, and scoring
 * ends when less than {@link #ENTRANTS} is expected.
 *
 * <p>A logistic distribution, with its heavier tails, lost less than a normal one for the same
 * saving. Figures are in docs/benchmarks.md. Thread-safe.
 */
final class TopSettled implements Convergence {

    /** Expected number of further candidates in the topK, from which on it is not worth while. */
    static final double ENTRANTS = 0.5;

    /** Scored beyond the topK before anything is said of the rest. */
    private static final int LEAST_BEYOND = 8;

    /** Logits as equal as this tell nothing of their spread. */
    private static final double LEAST_SPREAD = 0.5;

    /** Scale of a logistic distribution for a standard deviation of 1. */
    private static final double LOGISTIC_SCALE = Math.sqrt(3) / Math.PI;

    private final List<Candidate> candidates;
    private final ScoreBlend blend;
    private final int topK;
    private final float[] logits;
    private int scored;
    private int scoredWhenAsked;
    private boolean settled;

    /**
     * @param candidates in stage-1 order
     */
    TopSettled(List<Candidate> candidates, ScoreBlend blend, int topK) {
        this.candidates = candidates;
        this.blend = blend;
        this.topK = topK;
        logits = new float[candidates.size()];
        Arrays.fill(logits, Float.NaN);
    }

    @Override
    public synchronized void scored(int index, float logit) {
        logits[index] = logit;
        scored++;
    }

    @Override
    public synchronized boolean settled(int next) {
        if (!settled && scored > scoredWhenAsked && scored >= topK + LEAST_BEYOND) {
            scoredWhenAsked = scored;
            settled = expectedEntrants(next) < ENTRANTS;
        }
        return settled;
    }

    private double expectedEntrants(int next) {
        double last = lastOfTop();
        double[] later = laterHalf(next);
        double mean = Arrays.stream(later).average().orElse(0);
        double scale = LOGISTIC_SCALE * Math.max(LEAST_SPREAD, deviation(later, mean));
        double entrants = 0;
        for (int i = next; i < logits.length; i++) {
            if (Float.isNaN(logits[i])) {
                double needed = blend.logitFor(last, candidates.get(i).similarity());
                entrants += 1 / (1 + Math.exp((needed - mean) / scale));
            }
        }
        return entrants;
    }

    /** Strength of the last one of the topK so far. */
    private double lastOfTop() {
        double[] strengths = new double[scored];
        int count = 0;
        for (int i = 0; i < logits.length; i++) {
            if (!Float.isNaN(logits[i])) {
                strengths[count++] = blend.strength(logits[i], candidates.get(i).similarity());
            }
        }
        Arrays.sort(strengths, 0, count);
        return strengths[count - topK];
    }

    /** Logits of the later half of what was scored of the first {@code next} candidates. */
    private double[] laterHalf(int next) {
        double[] seen = new double[next];
        int count = 0;
        for (int i = 0; i < next; i++) {
            if (!Float.isNaN(logits[i])) {
                seen[count++] = logits[i];
            }
        }
        return Arrays.copyOfRange(seen, count / 2, count);
    }

    private static double deviation(double[] values, double mean) {
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        return Math.sqrt(squares / Math.max(1, values.length - 1));
    }
}
