package dev.tandem.candidates;

import dev.tandem.model.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * When a walk stops.
 *
 * @param deadline after which no node is expanded; null for none
 * @param nodeBudget most nodes that are expanded; at least 1
 */
public record WalkLimits(@Nullable Deadline deadline, int nodeBudget) {

    /** A walk to its end. */
    public static final WalkLimits NONE = new WalkLimits(null, Integer.MAX_VALUE);

    public WalkLimits {
        if (nodeBudget < 1) {
            throw new IllegalArgumentException(
                    "nodeBudget: got %d, expected at least 1".formatted(nodeBudget));
        }
    }

    /** The limits of one walk for an answer that is due at {@code deadline}. */
    public static WalkLimits of(CandidatesConfig config, Deadline deadline) {
        return new WalkLimits(
                deadline.share(config.budgetShare()),
                config.nodeBudget().orElse(Integer.MAX_VALUE));
    }

    boolean isSpent(int expanded) {
        return expanded >= nodeBudget || (deadline != null && deadline.expired());
    }
}
