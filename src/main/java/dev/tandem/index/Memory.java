package dev.tandem.index;

/** What of a large graph is held in memory besides its hot region. */
public enum Memory {

    /** Only checksums: a walk goes by the codes in the records. */
    LOW,

    /** The codes of all vectors too. */
    NORMAL
}
