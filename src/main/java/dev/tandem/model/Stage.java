package dev.tandem.model;

/** The two stages, of which the second may have two models. */
public enum Stage {
    /** The graph walk: candidates by vector similarity. */
    RETRIEVE,
    /** The small cross-encoder of a cascade. */
    PRERANK,
    /** The cross-encoder. */
    RERANK
}
