package dev.tandem.model;

import org.jspecify.annotations.Nullable;

/**
 * What is read of texts that a caller brings.
 *
 * @param maxTokens tokens of a text after which the rest is left out, at least 1; null for all
 * @param maxChunks chunks of a long text of which the best counts, at least 1; null for {@link
 *     RerankOptions#longPassages()}
 * @param longTexts what becomes of a text that does not fit into one run
 */
public record TextReading(
        @Nullable Integer maxTokens, @Nullable Integer maxChunks, LongTexts longTexts) {

    /** Nothing is asked for. */
    public static final TextReading DEFAULT = new TextReading(null, null, LongTexts.AS_CONFIGURED);

    /** What becomes of a text that does not fit into one run. */
    public enum LongTexts {
        /** By {@link RerankOptions#longPassages()}. */
        AS_CONFIGURED,
        /** Its end is read. */
        END,
        /** The request is refused. */
        REFUSE
    }

    public TextReading {
        if (maxTokens != null && maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens=" + maxTokens);
        }
        if (maxChunks != null && maxChunks < 1) {
            throw new IllegalArgumentException("maxChunks=" + maxChunks);
        }
    }
}
