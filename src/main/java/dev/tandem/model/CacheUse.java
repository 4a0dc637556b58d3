package dev.tandem.model;

/**
 * What the score cache did and holds.
 *
 * @param hits pairs whose score was known
 * @param misses pairs whose score was computed and is kept since
 * @param scores held in memory, about
 * @param bytes in the folder, of all processes; 0 without one
 * @param failures how often the folder could not be read or written
 */
public record CacheUse(long hits, long misses, long scores, long bytes, long failures) {

    /** Of a cache that is off. */
    public static final CacheUse NONE = new CacheUse(0, 0, 0, 0, 0);
}
