package dev.tandem.model;

import java.util.Optional;

/**
 * What a remote reranker did, since the start.
 *
 * @param ok calls that brought scores in time
 * @param late calls that were given up when the answer was due
 * @param failed calls that ended in an error or timed out
 * @param garbage calls whose answer was none
 * @param rejected calls that were not made: the breaker was open, or as many were in flight as may
 *     be
 * @param pairs candidates whose score in an answer was the remote's
 * @param breaker 0 closed, 1 half open, 2 open
 * @param state for a reader; {@code off} without a remote
 * @param degraded why it does not take part although it should; empty if it does
 */
public record RemoteUse(
        long ok,
        long late,
        long failed,
        long garbage,
        long rejected,
        long pairs,
        int breaker,
        String state,
        Optional<String> degraded) {

    /** Without a remote. */
    public static final RemoteUse OFF = new RemoteUse(0, 0, 0, 0, 0, 0, 0, "off", Optional.empty());
}
