package dev.tandem.model;

import org.jspecify.annotations.Nullable;

/**
 * What is searched for.
 *
 * @param text well-formed Unicode, not blank
 * @param candidateCount candidates handed over by stage 1: the recall ceiling and the cost
 * @param topK passages in the answer, at most {@code candidateCount}
 * @param filter which passages may be found; null for all
 * @param options how stage 2 treats it
 */
public record Query(
        String text, int candidateCount, int topK, @Nullable Filter filter, RerankOptions options) {

    public Query {
        if (text.isBlank()) {
            throw new IllegalArgumentException("blank query");
        }
        if (topK < 1 || candidateCount < topK) {
            throw new IllegalArgumentException(
                    "topK=" + topK + " candidateCount=" + candidateCount);
        }
    }

    /** A search of all passages, as configured. */
    public Query(String text, int candidateCount, int topK) {
        this(text, candidateCount, topK, null, RerankOptions.DEFAULT);
    }
}
