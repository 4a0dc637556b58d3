package dev.tandem.edge;

import java.util.List;

/**
 * Vectors of texts, in their order.
 *
 * @param list of unit length each
 * @param tokens that the bi-encoder read, special tokens included
 * @param model name of the bi-encoder
 */
public record Vectors(List<float[]> list, long tokens, String model) {}
