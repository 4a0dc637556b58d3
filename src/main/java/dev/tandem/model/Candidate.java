package dev.tandem.model;

/**
 * A hit of stage 1.
 *
 * @param ordinal dense 0-based number of the passage in its generation
 * @param similarity cosine of query and passage vector, -1..1, higher is nearer
 */
public record Candidate(int ordinal, float similarity) {}
