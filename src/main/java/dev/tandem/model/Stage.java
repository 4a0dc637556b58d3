package dev.tandem.model;

/** The two stages. */
public enum Stage {
    /** The graph walk: candidates by vector similarity. */
    RETRIEVE,
    /** The cross-encoder. */
    RERANK
}
