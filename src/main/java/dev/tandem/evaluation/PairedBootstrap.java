package dev.tandem.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/** What a mean difference between two rankings of the same queries is known to. */
public final class PairedBootstrap {

    private static final int ROUNDS = 10_000;
    private static final long SEED = 11;
    private static final double TAIL = 0.025;

    private PairedBootstrap() {}

    /** 95 % of the means of resampled queries lie in it. */
    public record Interval(double low, double high) {}

    /**
     * @param differences one for each query
     * @return by 10,000 resamples of a fixed seed, so that equal differences have one answer
     */
    public static Interval of(double[] differences) {
        var random = new SplittableRandom(SEED);
        double[] means = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            double sum = 0;
            for (int i = 0; i < differences.length; i++) {
                sum += differences[random.nextInt(differences.length)];
            }
            means[round] = sum / differences.length;
        }
        Arrays.sort(means);
        int tail = (int) (TAIL * ROUNDS);
        return new Interval(means[tail], means[ROUNDS - 1 - tail]);
    }
}
