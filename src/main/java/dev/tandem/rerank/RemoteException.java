package dev.tandem.rerank;

import org.jspecify.annotations.Nullable;

/** A call of the remote reranker brought no scores; costs the caller nothing but these. */
final class RemoteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What became of the call. */
    enum Kind {
        /** Given up when the answer was due. */
        LATE,
        /** Given up likewise, after much more time than such calls take. */
        STALLED,
        /** No connection, an error, or no answer within the timeout. */
        FAILED,
        /** An answer that is none. */
        GARBAGE
    }

    RemoteException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
