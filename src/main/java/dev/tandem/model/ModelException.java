package dev.tandem.model;

import org.jspecify.annotations.Nullable;

/**
 * A model folder that is missing, damaged or does not fit. The message names the file and the
 * difference.
 */
public final class ModelException extends SearchException {

    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message, null);
    }

    public ModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
