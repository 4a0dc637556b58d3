package dev.tandem.edge;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tandem.model.Coverage;
import dev.tandem.model.QueryTokens;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.SearchResult;
import dev.tandem.model.Span;
import dev.tandem.model.Stage;
import dev.tandem.model.Timings;
import dev.tandem.model.Walk;
import dev.tandem.model.Work;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer as it goes over the wire. */
public record SearchAnswer(
        List<Hit> results,
        QueryTokens query,
        Coverage coverage,
        Walk walk,
        Times timings,
        Computed work,
        String generation,
        String device) {

    /**
     * A passage.
     *
     * @param score 0..1, falls along the results
     * @param stage whose score placed it: {@code rerank}, the cross-encoder; {@code prerank}, the
     *     small one of a cascade; or {@code retrieve}
     * @param rerankScore raw output of that cross-encoder, on its own scale; null if none scored
     *     the passage
     * @param similarity cosine of stage 1
     * @param retrieveRank 1-based place in stage 1's order
     * @param tokensIn tokens of title and text; null if no cross-encoder scored the passage
     * @param tokensUsed tokens that it read, those of overlapping parts twice; null likewise
     * @param span the part whose score is the passage's, in tokens; null likewise
     */
    public record Hit(
            int rank,
            String id,
            double score,
            String stage,
            @Nullable Float rerankScore,
            float similarity,
            int retrieveRank,
            @Nullable Integer tokensIn,
            @Nullable Integer tokensUsed,
            @Nullable Span span,
            String title,
            String text,
            Map<String, Object> metadata) {}

    /** Milliseconds; the parts make up the whole. */
    public record Times(
            double encodeMs,
            double retrieveMs,
            double rerankMs,
            double assembleMs,
            double totalMs) {}

    /**
     * What stage 2 computed; what came from the cache is not in it.
     *
     * @param tokens of the pairs, special tokens included
     * @param paddedTokens tokens and padding
     * @param predictedMs time of the runs over all cores, as predicted before each
     * @param measuredMs time of the runs over all cores
     * @param remotePairs candidates that a remote reranker scored
     * @param gbSeconds memory of the function in GB times seconds, which is what Lambda bills; not
     *     there elsewhere
     */
    public record Computed(
            int runs,
            int pairs,
            long tokens,
            long paddedTokens,
            double predictedMs,
            double measuredMs,
            int remotePairs,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double gbSeconds) {}

    /**
     * @param memoryGb of the function; null where there is none
     */
    static SearchAnswer of(SearchResult result, @Nullable Double memoryGb) {
        Double gbSeconds =
                memoryGb == null
                        ? null
                        : Double.valueOf(memoryGb * result.timings().total().toNanos() / 1e9);
        return new SearchAnswer(
                result.passages().stream().map(SearchAnswer::hit).toList(),
                result.query(),
                result.coverage(),
                result.walk(),
                times(result.timings()),
                computed(result.work(), gbSeconds),
                result.generation(),
                result.device());
    }

    private static Hit hit(RankedPassage ranked) {
        var passage = ranked.passage();
        var reading = ranked.reading();
        return new Hit(
                ranked.rank(),
                passage.id(),
                ranked.score(),
                nameOf(ranked.stage()),
                ranked.logit(),
                ranked.similarity(),
                ranked.retrieveRank(),
                reading == null ? null : reading.tokensIn(),
                reading == null ? null : reading.tokensUsed(),
                reading == null ? null : reading.span(),
                passage.title(),
                passage.text(),
                passage.metadata());
    }

    private static String nameOf(Stage stage) {
        return switch (stage) {
            case RETRIEVE -> "retrieve";
            case PRERANK -> "prerank";
            case RERANK -> "rerank";
        };
    }

    private static Times times(Timings timings) {
        return new Times(
                millis(timings.encode()),
                millis(timings.retrieve()),
                millis(timings.rerank()),
                millis(timings.assemble()),
                millis(timings.total()));
    }

    private static Computed computed(Work work, @Nullable Double gbSeconds) {
        return new Computed(
                work.runs(),
                work.pairs(),
                work.tokens(),
                work.paddedTokens(),
                millis(work.predicted()),
                millis(work.measured()),
                work.remotePairs(),
                gbSeconds);
    }

    /** To the microsecond: what is below is noise. */
    private static double millis(Duration duration) {
        return Math.round(duration.toNanos() / 1e3) / 1e3;
    }
}
