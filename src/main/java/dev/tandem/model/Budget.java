package dev.tandem.model;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time for one answer. Made once at the edge.
 *
 * @param due when the answer should be there; all planning goes by it
 * @param latest when it is given with whatever there is, although something it needs still hangs;
 *     always after {@code due}
 */
public record Budget(Deadline due, Deadline latest) {

    /** The least time between the two. */
    private static final Duration STEP = Duration.ofMillis(5);

    public Budget {
        if (latest.atNanos() - due.atNanos() <= 0) {
            throw new IllegalArgumentException("due=" + due + " latest=" + latest);
        }
    }

    /**
     * @param time for the answer, from now
     * @param grace how late it may be if something hangs, above 0
     */
    public static Budget of(Duration time, Duration grace) {
        return of(time, grace, System::nanoTime);
    }

    /**
     * @param clock nanoseconds from an arbitrary origin
     */
    public static Budget of(Duration time, Duration grace, LongSupplier clock) {
        Deadline due = Deadline.after(time, clock);
        return new Budget(due, due.minus(grace.negated()));
    }

    /**
     * The budget within the time that the platform leaves: the answer is given {@code reserve}
     * before the platform ends the call, or at once if that is past.
     *
     * @param end when the platform ends the call, on the same clock
     */
    public Budget within(Deadline end, Duration reserve) {
        Deadline last = latest.earlier(end.minus(reserve));
        return new Budget(due.earlier(last.minus(STEP)), last);
    }
}
