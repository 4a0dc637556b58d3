package dev.tandem.model;

/**
 * What is searched for.
 *
 * @param text well-formed Unicode, not blank
 * @param candidateCount candidates handed over by stage 1: the recall ceiling and the cost
 * @param topK passages in the answer, at most {@code candidateCount}
 */
public record Query(String text, int candidateCount, int topK) {

    public Query {
        if (text.isBlank()) {
            throw new IllegalArgumentException("blank query");
        }
        if (topK < 1 || candidateCount < topK) {
            throw new IllegalArgumentException(
                    "topK=" + topK + " candidateCount=" + candidateCount);
        }
    }
}
