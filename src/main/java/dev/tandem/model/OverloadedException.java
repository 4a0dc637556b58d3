package dev.tandem.model;

/** As many requests are being answered as may be; trying again in a moment may help. */
public final class OverloadedException extends SearchException {

    private static final long serialVersionUID = 1L;

    public OverloadedException(String message) {
        super(message, null);
    }
}
