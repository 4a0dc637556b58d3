package dev.tandem.rerank;

/**
 * A smaller cross-encoder that reads many candidates before the large one reads the best of those.
 *
 * @param small reads what the large one reads, so their tokenizers are equal; its logits have a
 *     scale of their own
 * @param share what of a call's time for scoring it may take, above 0, below 1, if the rest lets
 *     the large one compare three candidates; else all
 */
public record Cascade(CrossEncoder small, double share) {}
