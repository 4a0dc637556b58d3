package dev.tandem.model;

import org.jspecify.annotations.Nullable;

/**
 * An error that a caller or operator can act on. Every message says what is wrong, where, what was
 * got and expected, and what to do. Late answers are never errors: see {@link Coverage}.
 */
public abstract sealed class SearchException extends RuntimeException
        permits InvalidRequestException,
                ModelException,
                IndexException,
                OverloadedException,
                UnavailableException {

    private static final long serialVersionUID = 1L;

    SearchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
