package dev.tandem.rerank;

import org.jspecify.annotations.Nullable;

/**
 * What may help a cross-encoder when time is short.
 *
 * @param remote null without; stays the caller's to close
 * @param cascade null without; its cross-encoder stays the caller's to close
 */
public record Helpers(@Nullable RemoteReranker remote, @Nullable Cascade cascade) {

    /** The cross-encoder is on its own. */
    public static final Helpers NONE = new Helpers(null, null);
}
