package dev.tandem.candidates;

import dev.tandem.model.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * When a walk stops.
 *
 * @param deadline after which no node is expanded but one and some that are in memory; null for
 *     none
 * @param nodeBudget most nodes that are expanded; at least 1
 */
public record WalkLimits(@Nullable Deadline deadline, int nodeBudget) {

    /** A walk to its end. */
    public static final WalkLimits NONE = new WalkLimits(null, Integer.MAX_VALUE);

    /** Steps in memory that are made even if the time is over: a millisecond in all. */
    private static final int FREE_STEPS = 256;

    public WalkLimits {
        if (nodeBudget < 1) {
            throw new IllegalArgumentException(
                    "nodeBudget: got %d, expected at least 1".formatted(nodeBudget));
        }
    }

    /** The limits of one walk that is due at {@code deadline}. */
    public static WalkLimits of(CandidatesConfig config, Deadline deadline) {
        return new WalkLimits(deadline, config.nodeBudget().orElse(Integer.MAX_VALUE));
    }

    /**
     * Whether one more step may be made.
     *
     * @param done steps made so far
     * @param inMemory whether the step needs no storage
     */
    boolean allowStep(int done, boolean inMemory) {
        boolean costsNothing = done == 0 || (inMemory && done < FREE_STEPS);
        return done < nodeBudget && (costsNothing || deadline == null || !deadline.expired());
    }
}
