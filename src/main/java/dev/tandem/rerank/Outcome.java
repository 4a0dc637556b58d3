package dev.tandem.rerank;

import dev.tandem.model.Reading;
import java.util.List;
import java.util.Optional;

/** What became of one candidate in stage 2. */
public sealed interface Outcome {

    /** Place of the candidate in stage 1's order, 0-based. */
    int index();

    /** Why the cross-encoder did not score it; empty if it did. */
    Optional<Reason> missing();

    /**
     * The cross-encoder scored it.
     *
     * @param logit raw output, unbounded, never NaN; the highest of its parts
     * @param reading what of the passage was read
     * @param fromCache whether nothing was computed for it
     * @param remote whether it was scored elsewhere
     */
    record Scored(int index, float logit, Reading reading, boolean fromCache, boolean remote)
            implements Outcome {

        /** Scored here. */
        public Scored(int index, float logit, Reading reading, boolean fromCache) {
            this(index, logit, reading, fromCache, false);
        }

        @Override
        public Optional<Reason> missing() {
            return Optional.empty();
        }
    }

    /**
     * Only the small cross-encoder of a cascade scored it.
     *
     * @param logit raw output of that one, on its own scale; the highest of its parts
     * @param reading what of the passage was read
     * @param reason why the large one did not score it
     */
    record Preranked(int index, float logit, Reading reading, Reason reason) implements Outcome {

        @Override
        public Optional<Reason> missing() {
            return Optional.of(reason);
        }
    }

    /** It has no score of stage 2. */
    record Skipped(int index, Reason reason) implements Outcome {

        @Override
        public Optional<Reason> missing() {
            return Optional.of(reason);
        }
    }

    /** Why a candidate has no score. */
    enum Reason {
        /** Its runs would not have ended in time. */
        LATE,
        /** A run was under way at the deadline, and was stopped. */
        CANCELLED,
        /** The run failed or gave NaN, or hung until the deadline. */
        FAILED,
        /** The top of the answer was settled before its turn. */
        CONVERGED;

        /** How many of these have no score for this reason. */
        long in(List<Outcome> outcomes) {
            return outcomes.stream().filter(one -> one.missing().equals(Optional.of(this))).count();
        }
    }
}
