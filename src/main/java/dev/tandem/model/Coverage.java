package dev.tandem.model;

/**
 * How much of the asked-for work the answer rests on. Always {@code scored + cancelled <= planned
 * <= requested}, {@code scored + preranked <= requested} and {@code fromCache <= scored}.
 *
 * @param requested candidates that the caller asked to rerank
 * @param planned candidates that the time was thought to suffice for when stage 2 began, or more if
 *     more were tried
 * @param scored candidates that the cross-encoder scored
 * @param preranked candidates that only the small cross-encoder of a cascade scored
 * @param cancelled candidates whose scoring was begun and given up, or failed
 * @param fromCache scored candidates whose score was not computed for this answer
 * @param reason why the answer is complete or not
 */
public record Coverage(
        int requested,
        int planned,
        int scored,
        int preranked,
        int cancelled,
        int fromCache,
        Reason reason) {

    /** Without a cascade. */
    public Coverage(
            int requested, int planned, int scored, int cancelled, int fromCache, Reason reason) {
        this(requested, planned, scored, 0, cancelled, fromCache, reason);
    }

    /** Why an answer is what it is; all but {@link #COMPLETE} are degraded. */
    public enum Reason {
        /** Every candidate was scored. */
        COMPLETE,
        /** Every candidate was scored, but the walk was cut: nearer passages may exist. */
        CANDIDATES_CUT,
        /**
         * Time ran out: the scored head is reranked, what a small cross-encoder scored follows, and
         * the rest in stage-1 order.
         */
        BUDGET_SPENT,
        /**
         * Time did not suffice for the cross-encoder to score every candidate; those that it did
         * not score were scored by the small one of a cascade and follow.
         */
        PRERANKED,
        /** Scoring ended early, because more of it was unlikely to change the topK. */
        CONVERGED,
        /** The cross-encoder failed: what it could not score follows in stage-1 order. */
        RERANK_UNAVAILABLE
    }
}
