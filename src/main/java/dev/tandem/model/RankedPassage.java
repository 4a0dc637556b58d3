package dev.tandem.model;

import org.jspecify.annotations.Nullable;

/**
 * A passage of the answer.
 *
 * @param rank 1-based place in the answer
 * @param passage the passage
 * @param score 0..1, falls along the answer; comparable between hits of one stage and model
 * @param stage the stage whose score placed it
 * @param logit raw output of the cross-encoder that placed it, unbounded, on the scale of that
 *     model; null when none scored this passage
 * @param similarity cosine of stage 1, -1..1
 * @param retrieveRank 1-based place in stage 1's order
 * @param reading what that cross-encoder read of it; null when none scored this passage
 */
public record RankedPassage(
        int rank,
        Passage passage,
        double score,
        Stage stage,
        @Nullable Float logit,
        float similarity,
        int retrieveRank,
        @Nullable Reading reading) {}
