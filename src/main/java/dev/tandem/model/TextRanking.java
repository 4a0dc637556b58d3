package dev.tandem.model;

import java.time.Duration;
import java.util.List;

/**
 * An answer to a {@link TextQuery}.
 *
 * @param texts best first
 * @param query how much of the query was read
 * @param coverage how much of the asked-for work was done
 * @param work what was computed
 * @param total from the request to the answer
 * @param device what the cross-encoder ran on
 */
public record TextRanking(
        List<RankedText> texts,
        QueryTokens query,
        Coverage coverage,
        Work work,
        Duration total,
        String device) {}
