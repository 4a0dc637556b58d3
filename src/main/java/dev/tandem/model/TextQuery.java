package dev.tandem.model;

import java.util.List;

/**
 * Texts that a caller has found elsewhere, to be put in order.
 *
 * @param text well-formed Unicode, not blank
 * @param texts the most promising first, if the caller knows: what there is no time for keeps its
 *     place behind the others
 * @param topK texts in the answer
 * @param options how they are scored; stage 1's similarity is not known, so {@link Order#BLEND} is
 *     {@link Order#REPLACE}, and nothing ends early
 * @param reading what is read of the texts
 */
public record TextQuery(
        String text, List<String> texts, int topK, RerankOptions options, TextReading reading) {

    public TextQuery {
        if (text.isBlank()) {
            throw new IllegalArgumentException("blank query");
        }
        if (topK < 1) {
            throw new IllegalArgumentException("topK=" + topK);
        }
        texts = List.copyOf(texts);
    }
}
