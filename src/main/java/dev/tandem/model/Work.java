package dev.tandem.model;

import java.time.Duration;

/**
 * What stage 2 computed for an answer; what came from the cache is not in it.
 *
 * @param runs of the cross-encoder that ended
 * @param pairs that they scored
 * @param tokens of these pairs, special tokens included
 * @param paddedTokens what the runs computed: tokens and padding
 * @param predicted time of these runs as the cost model said before each, over all cores
 * @param measured time of these runs, over all cores
 * @param remotePairs candidates that a remote scored, in none of the above
 */
public record Work(
        int runs,
        int pairs,
        long tokens,
        long paddedTokens,
        Duration predicted,
        Duration measured,
        int remotePairs) {

    /** Nothing was computed. */
    public static final Work NONE = new Work(0, 0, 0, 0, Duration.ZERO, Duration.ZERO, 0);

    /** The sum of both. */
    public Work plus(Work other) {
        return new Work(
                runs + other.runs,
                pairs + other.pairs,
                tokens + other.tokens,
                paddedTokens + other.paddedTokens,
                predicted.plus(other.predicted),
                measured.plus(other.measured),
                remotePairs + other.remotePairs);
    }
}
