package dev.tandem.retrieval;

import dev.tandem.model.Deadline;
import java.time.Duration;

/**
 * When each part of an answer is due. They are nested strictly, however little time is left: the
 * walk ends before the scoring, and the scoring before the answer.
 */
record Deadlines(Deadline walk, Deadline rerank, Deadline answer) {

    /** What the last step may take at most of the time that is left. */
    private static final int LARGEST_RESERVE = 4;

    private static final Duration LEAST = Duration.ofNanos(1);

    /**
     * @param answer when the answer is due
     * @param reserve what it takes to put the answer together
     * @param walkShare of the time until the scoring ends, 0..1
     */
    static Deadlines of(Deadline answer, Duration reserve, double walkShare) {
        Duration left = answer.remaining();
        Duration most = left.isPositive() ? left.dividedBy(LARGEST_RESERVE) : Duration.ZERO;
        Deadline rerank = answer.minus(longer(shorter(reserve, most), LEAST));
        Deadline walk = rerank.share(walkShare).earlier(rerank.minus(LEAST));
        return new Deadlines(walk, rerank, answer);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
