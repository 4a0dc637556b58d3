package dev.tandem.model;

import java.io.IOException;

/** A read that did not return in the time that there was for it. */
public final class StorageHangsException extends IOException {

    private static final long serialVersionUID = 1L;

    public StorageHangsException(String message) {
        super(message);
    }
}
