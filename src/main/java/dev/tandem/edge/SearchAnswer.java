package dev.tandem.edge;

import dev.tandem.model.Coverage;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.SearchResult;
import dev.tandem.model.Stage;
import dev.tandem.model.Timings;
import dev.tandem.model.Walk;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer as it goes over the wire. */
public record SearchAnswer(
        List<Hit> results,
        Coverage coverage,
        Walk walk,
        Times timings,
        String generation,
        String device) {

    /**
     * A passage.
     *
     * @param score 0..1, falls along the results
     * @param stage {@code rerank} or {@code retrieve}: whose score placed it
     * @param rerankScore raw output of the cross-encoder; null if it did not score the passage
     * @param similarity cosine of stage 1
     * @param retrieveRank 1-based place in stage 1's order
     */
    public record Hit(
            int rank,
            String id,
            double score,
            String stage,
            @Nullable Float rerankScore,
            float similarity,
            int retrieveRank,
            String title,
            String text,
            Map<String, Object> metadata) {}

    /** Milliseconds. */
    public record Times(double encodeMs, double retrieveMs, double rerankMs, double totalMs) {}

    static SearchAnswer of(SearchResult result) {
        return new SearchAnswer(
                result.passages().stream().map(SearchAnswer::hit).toList(),
                result.coverage(),
                result.walk(),
                times(result.timings()),
                result.generation(),
                result.device());
    }

    private static Hit hit(RankedPassage ranked) {
        var passage = ranked.passage();
        return new Hit(
                ranked.rank(),
                passage.id(),
                ranked.score(),
                ranked.stage() == Stage.RERANK ? "rerank" : "retrieve",
                ranked.logit(),
                ranked.similarity(),
                ranked.retrieveRank(),
                passage.title(),
                passage.text(),
                passage.metadata());
    }

    private static Times times(Timings timings) {
        return new Times(
                millis(timings.encode()),
                millis(timings.retrieve()),
                millis(timings.rerank()),
                millis(timings.total()));
    }

    /** To the microsecond: what is below is noise. */
    private static double millis(Duration duration) {
        return Math.round(duration.toNanos() / 1e3) / 1e3;
    }
}
