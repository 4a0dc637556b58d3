package dev.tandem.model;

/**
 * A part of a passage's token ids.
 *
 * @param from first token, 0-based
 * @param to one after the last token
 */
public record Span(int from, int to) {

    public Span {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("from=" + from + " to=" + to);
        }
    }

    /** Number of tokens. */
    public int length() {
        return to - from;
    }
}
