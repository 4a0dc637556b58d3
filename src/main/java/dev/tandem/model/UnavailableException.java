package dev.tandem.model;

import org.jspecify.annotations.Nullable;

/** Nothing is wrong with the request, but it cannot be answered now; trying again may help. */
public final class UnavailableException extends SearchException {

    private static final long serialVersionUID = 1L;

    public UnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
