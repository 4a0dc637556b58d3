package dev.tandem.model;

import org.jspecify.annotations.Nullable;

/**
 * An index that is missing, damaged or does not fit the models. The message names the file and the
 * difference.
 */
public final class IndexException extends SearchException {

    private static final long serialVersionUID = 1L;

    public IndexException(String message) {
        super(message, null);
    }

    public IndexException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What it says about the storage. */
    public StorageFailure failure() {
        return StorageFailure.of(this);
    }
}
