package dev.tandem.index;

/** What of a large graph is held in memory besides its hot region. */
public enum Memory {

    /** Only checksums: walks and scans go by the records. */
    LOW,

    /** The codes of all vectors too, for scans of what a filter accepts. */
    NORMAL
}
