package dev.tandem.index;

/** What is compared with the manifest when a generation is opened. */
public enum Verify {
    /** Presence and length of every file: finds what was cut short. */
    LENGTHS,
    /** Every byte, by checksum: finds any change, and reads the whole index. */
    FULL;

    void check(Generation generation) {
        switch (this) {
            case LENGTHS -> generation.checkLengths();
            case FULL -> generation.checkChecksums();
        }
    }
}
