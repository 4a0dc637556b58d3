package dev.tandem.model;

import java.io.IOException;

/** What was read is not what its checksum was made of. */
public final class DamageException extends IOException {

    private static final long serialVersionUID = 1L;

    public DamageException(String message) {
        super(message);
    }
}
