package dev.tandem.bench;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Makes any number of vectors out of the real ones, see {@link WideVectors}. The same number gives
 * the same vector, in whatever order they are asked for.
 */
final class Widening {

    /** A step nearer than this would be a copy, and copies tie in the exact answer. */
    private static final float MAX_COSINE = 0.98f;

    /** Two passages with the same text have no direction between them. */
    private static final double MIN_STEP = 0.05;

    private final RealVectors real;
    private final long seed;
    private final float[] cosines;

    /**
     * @param sample number of real vectors whose nearest neighbour is looked up
     */
    Widening(RealVectors real, int sample, long seed) {
        this.real = real;
        this.seed = seed;
        cosines = nearestCosines(sample);
    }

    /** Cosine to the nearest other real vector, ascending, of a sample of the real vectors. */
    float[] cosines() {
        return cosines.clone();
    }

    /** The real vectors first, then what is made of them. Norm 1. */
    float[] vector(int number) {
        int source = number % real.size();
        return number < real.size() ? real.vector(source) : widened(number, source);
    }

    private float[] widened(int number, int source) {
        var random = new SplittableRandom(seed + number);
        float[] from = real.vector(source);
        float[] step = step(from, source, random);
        double cosine = Math.min(MAX_COSINE, cosines[random.nextInt(cosines.length)]);
        double sine = Math.sqrt(1 - cosine * cosine);
        var vector = new float[from.length];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (cosine * from[i] + sine * step[i]);
        }
        return vector;
    }

    /** What of the difference of two passages is at right angles to the source, with norm 1. */
    private float[] step(float[] from, int source, SplittableRandom random) {
        var passages = real.neighbourhood(source);
        while (true) {
            float[] a = real.vector(passages.get(random.nextInt(passages.size())));
            float[] b = real.vector(passages.get(random.nextInt(passages.size())));
            double along = dot(from, a) - dot(from, b);
            var step = new float[from.length];
            for (int i = 0; i < step.length; i++) {
                step[i] = (float) (a[i] - b[i] - along * from[i]);
            }
            double norm = Math.sqrt(dot(step, step));
            if (norm > MIN_STEP) {
                scale(step, 1 / norm);
                return step;
            }
        }
    }

    private float[] nearestCosines(int sample) {
        var random = new SplittableRandom(seed);
        int[] sampled = random.ints(sample, 0, real.size()).toArray();
        var nearest = new float[sample];
        IntStream.range(0, sample).parallel().forEach(i -> nearest[i] = nearestCosine(sampled[i]));
        Arrays.sort(nearest);
        return nearest;
    }

    private float nearestCosine(int ordinal) {
        return (float)
                IntStream.range(0, real.size())
                        .filter(other -> other != ordinal)
                        .mapToDouble(other -> dot(real.vector(ordinal), real.vector(other)))
                        .max()
                        .orElseThrow();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static void scale(float[] vector, double by) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= (float) by;
        }
    }
}
