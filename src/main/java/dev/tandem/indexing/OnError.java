package dev.tandem.indexing;

/** What a build does about an input line that cannot be taken. */
public enum OnError {
    /** Leaves it out, tells of it and counts it. */
    SKIP,
    /** Ends the build; the served generation stays. */
    STOP
}
