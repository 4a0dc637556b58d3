package dev.tandem.model;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The instant by which an answer is due, on a monotonic clock. Made once at the edge and passed
 * down; each stage asks {@link #remaining()} before it starts something.
 *
 * @param atNanos the instant on {@code clock}
 * @param clock nanoseconds from an arbitrary origin, like {@link System#nanoTime()}
 */
public record Deadline(long atNanos, LongSupplier clock) {

    // Half of what a long holds: differences on the clock stay exact however it started.
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    public static Deadline after(Duration budget) {
        return after(budget, System::nanoTime);
    }

    public static Deadline after(Duration budget, LongSupplier clock) {
        return new Deadline(clock.getAsLong() + nanos(budget), clock);
    }

    /** Time left; negative when the deadline has passed. */
    public Duration remaining() {
        return Duration.ofNanos(atNanos - clock.getAsLong());
    }

    /**
     * An earlier deadline, by a share of the time that is left.
     *
     * @param share 0..1
     */
    public Deadline share(double share) {
        long left = atNanos - clock.getAsLong();
        return new Deadline(atNanos - (long) (Math.max(0, left) * (1 - share)), clock);
    }

    /** A deadline that is earlier by this. */
    public Deadline minus(Duration duration) {
        return new Deadline(atNanos - duration.toNanos(), clock);
    }

    /** The earlier one of two on the same clock. */
    public Deadline earlier(Deadline other) {
        return atNanos - other.atNanos <= 0 ? this : other;
    }

    public boolean expired() {
        return atNanos - clock.getAsLong() <= 0;
    }

    private static long nanos(Duration budget) {
        return budget.compareTo(Duration.ofNanos(LONGEST_NANOS)) > 0
                ? LONGEST_NANOS
                : budget.toNanos();
    }
}
