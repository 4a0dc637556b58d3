package dev.tandem.rerank;

/** A run of the cross-encoder failed; costs the pair its score, never the caller the answer. */
public final class CrossEncoderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CrossEncoderException(String message, Throwable cause) {
        super(message, cause);
    }
}
