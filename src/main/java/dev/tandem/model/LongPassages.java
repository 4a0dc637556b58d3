package dev.tandem.model;

import java.util.Optional;
import java.util.stream.Stream;

/** What of a passage is read that is longer than the cross-encoder reads at once. */
public enum LongPassages {
    /** Its beginning. */
    HEAD("head"),
    /** Some chunks, each in a run of its own; the highest of their scores counts. */
    CHUNK_MAX("chunkMax"),
    /** The one chunk that shares most with the query. */
    BEST_PASSAGE("bestPassage");

    private final String text;

    LongPassages(String text) {
        this.text = text;
    }

    /** The one with this name; empty if there is none. */
    public static Optional<LongPassages> named(String text) {
        return Stream.of(values()).filter(one -> one.text.equals(text)).findFirst();
    }

    /** The name in requests, settings and options. */
    @Override
    public String toString() {
        return text;
    }
}
