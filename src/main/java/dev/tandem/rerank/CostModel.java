package dev.tandem.rerank;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * Predicts how long a run of the cross-encoder takes on this host, from its shape:
 *
 * <pre>nanos = pace * (a + b * tokens + c * tokens * length)</pre>
 *
 * where {@code tokens = sequences * length}, padding included: a is a run's overhead, b the work a
 * token, c the attention, which grows with the square of the length. a, b and c are fitted once, to
 * runs made at start. The pace follows every run that ends: quickly when runs get slower, so that a
 * busy host does not make answers late; slowly when they get faster. Thread-safe.
 */
public final class CostModel {

    /** Gains of the pace, in shares of the logarithmic error. */
    private static final double SLOWER = 0.3;

    private static final double FASTER = 0.1;

    /** One run that was held up says no more than this. */
    private static final double LARGEST_ERROR = Math.log(4);

    private static final long PROBE_NANOS = 1_000_000_000L;

    private final double[] coefficients;
    private final LongSupplier clock;
    private double logPace;
    private int observed;
    private long lastNews;

    /**
     * A run that was measured.
     *
     * @param sequences in the run
     * @param length tokens of the longest
     */
    public record Sample(int sequences, int length, long nanos) {}

    /**
     * @param samples runs of at least one length
     * @param clock nanoseconds from an arbitrary origin
     */
    public CostModel(List<Sample> samples, LongSupplier clock) {
        coefficients = NonNegativeFit.relative(rows(samples), nanos(samples));
        this.clock = clock;
        lastNews = clock.getAsLong();
    }

    /** Predicted time of a run, nanoseconds. */
    public synchronized long predict(int sequences, int length) {
        return (long) (Math.exp(logPace) * shape(sequences, length));
    }

    /** Learns from a run that ended. */
    public synchronized void observe(int sequences, int length, long nanos) {
        double error = Math.log(Math.max(1, nanos) / (double) predict(sequences, length));
        learn(error);
    }

    /** Learns from a run that was stopped: it would have taken longer. */
    public synchronized void observeStopped(int sequences, int length, long nanos) {
        if (nanos > predict(sequences, length)) {
            observe(sequences, length, nanos);
        }
    }

    /**
     * Whether a run may begin although it is predicted not to end in time, so that a prediction
     * that is too high can be found wrong. True for one caller a second without news.
     */
    public synchronized boolean mayProbe() {
        boolean old = lacksNews();
        if (old) {
            lastNews = clock.getAsLong();
        }
        return old;
    }

    /** Whether nothing was learned for a second. */
    synchronized boolean lacksNews() {
        return clock.getAsLong() - lastNews > PROBE_NANOS;
    }

    /** The first runs count for more: the host was busy starting when it was measured. */
    private void learn(double error) {
        observed++;
        double gain = Math.max(error > 0 ? SLOWER : FASTER, 1.0 / (1 + observed));
        logPace += gain * Math.clamp(error, -LARGEST_ERROR, LARGEST_ERROR);
        lastNews = clock.getAsLong();
    }

    private double shape(int sequences, int length) {
        double[] row = row(sequences, length);
        double nanos = 0;
        for (int i = 0; i < row.length; i++) {
            nanos += coefficients[i] * row[i];
        }
        return Math.max(1, nanos);
    }

    private static double[][] rows(List<Sample> samples) {
        return samples.stream().map(s -> row(s.sequences(), s.length())).toArray(double[][]::new);
    }

    private static double[] nanos(List<Sample> samples) {
        return samples.stream().mapToDouble(Sample::nanos).toArray();
    }

    private static double[] row(int sequences, int length) {
        double tokens = (double) sequences * length;
        return new double[] {1, tokens, tokens * length};
    }
}
