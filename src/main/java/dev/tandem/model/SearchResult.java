package dev.tandem.model;

import java.util.List;

/**
 * An answer.
 *
 * @param passages best first
 * @param query how much of the query was read
 * @param coverage how much of the asked-for work was done
 * @param walk how the candidates were found
 * @param timings where the time went
 * @param work what stage 2 computed
 * @param generation id of the index generation that was searched
 * @param device what the cross-encoder ran on
 */
public record SearchResult(
        List<RankedPassage> passages,
        QueryTokens query,
        Coverage coverage,
        Walk walk,
        Timings timings,
        Work work,
        String generation,
        String device) {}
