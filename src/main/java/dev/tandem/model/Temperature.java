package dev.tandem.model;

/** Where a walk's reads came from. */
public enum Temperature {

    /** The storage was waited for: what the walk needed was neither prefetched nor cached. */
    COLD,

    /** Every read came from memory: prefetched, or from the page cache. */
    WARM
}
