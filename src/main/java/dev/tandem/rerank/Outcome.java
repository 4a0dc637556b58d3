package dev.tandem.rerank;

/** What became of one candidate in stage 2. */
public sealed interface Outcome {

    /** Place of the candidate in stage 1's order, 0-based. */
    int index();

    /**
     * The cross-encoder scored it.
     *
     * @param logit raw output, unbounded, never NaN
     */
    record Scored(int index, float logit) implements Outcome {}

    /** It has no score of stage 2. */
    record Skipped(int index, Reason reason) implements Outcome {}

    /** Why a candidate has no score. */
    enum Reason {
        /** The deadline had passed before its turn. */
        LATE,
        /** The run failed or gave NaN. */
        FAILED
    }
}
