package dev.tandem.model;

/**
 * What the cross-encoder read of a passage.
 *
 * @param tokensIn tokens of the passage
 * @param tokensUsed tokens that were read, over all runs; those of an overlap count twice
 * @param span the part whose score is the passage's
 */
public record Reading(int tokensIn, int tokensUsed, Span span) {}
