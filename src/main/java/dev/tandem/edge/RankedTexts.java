package dev.tandem.edge;

import dev.tandem.model.TextQuery;
import dev.tandem.model.TextRanking;

/**
 * Texts in order, before they take the caller's shape.
 *
 * @param model name of the cross-encoder
 */
public record RankedTexts(TextQuery query, TextRanking ranking, String model) {

    /**
     * The reply that says how much was done.
     *
     * @param body these texts in the caller's shape
     */
    public Reply reply(Object body) {
        return Reply.of(body).covering(ranking.coverage());
    }

    /** Says what is missing, in words; empty if every text was scored. */
    public String warning() {
        var coverage = ranking.coverage();
        return switch (coverage.reason()) {
            case COMPLETE, CANDIDATES_CUT, CONVERGED -> "";
            case BUDGET_SPENT ->
                    "Time ran out: %d of %d texts were scored%s; the others follow in the order of the request."
                            .formatted(coverage.scored(), coverage.requested(), preranked());
            case PRERANKED ->
                    "Time ran out: %d of %d texts were scored%s."
                            .formatted(coverage.scored(), coverage.requested(), preranked());
            case RERANK_UNAVAILABLE ->
                    "The cross-encoder failed: %d of %d texts were scored%s; the others follow in the order of the request."
                            .formatted(coverage.scored(), coverage.requested(), preranked());
        };
    }

    private String preranked() {
        int only = ranking.coverage().preranked();
        return only == 0 ? "" : ", %d more by a smaller model only".formatted(only);
    }
}
