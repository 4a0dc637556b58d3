package dev.tandem.model;

/**
 * How much of a query the cross-encoder reads.
 *
 * @param tokensIn tokens of the query
 * @param tokensUsed tokens that are read; fewer if it was cut
 */
public record QueryTokens(int tokensIn, int tokensUsed) {}
