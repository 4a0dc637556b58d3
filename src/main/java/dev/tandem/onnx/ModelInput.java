package dev.tandem.onnx;

/**
 * One sequence as a model reads it, special tokens included. A final class and not a record: its
 * parts are arrays, shared with the caller and never changed.
 */
public final class ModelInput {

    private final long[] inputIds;
    private final long[] tokenTypeIds;

    ModelInput(long[] inputIds, long[] tokenTypeIds) {
        this.inputIds = inputIds;
        this.tokenTypeIds = tokenTypeIds;
    }

    /** Token ids, long[{@link #length()}]. */
    public long[] inputIds() {
        return inputIds;
    }

    /** Segment of each token, long[{@link #length()}]: 0 query part, 1 passage part in BERT. */
    long[] tokenTypeIds() {
        return tokenTypeIds;
    }

    /** Number of tokens. */
    public int length() {
        return inputIds.length;
    }
}
