package dev.tandem.retrieval;

/** A text as the bi-encoder sees it. A class and not a record: its vector is an array. */
public final class EncodedText {

    private final float[] vector;
    private final int tokens;

    EncodedText(float[] vector, int tokens) {
        this.vector = vector;
        this.tokens = tokens;
    }

    /** Unit length, float[dimension]. */
    public float[] vector() {
        return vector;
    }

    /** Tokens of the text, special ones included. */
    public int tokens() {
        return tokens;
    }
}
