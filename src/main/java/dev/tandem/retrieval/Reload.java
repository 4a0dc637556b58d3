package dev.tandem.retrieval;

/**
 * What a look at CURRENT led to.
 *
 * @param generation id of the generation that serves now
 * @param swapped whether another one served before
 */
public record Reload(String generation, boolean swapped) {}
