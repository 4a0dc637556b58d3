package dev.tandem.edge;

import dev.tandem.model.TextReading;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to rank texts that the caller brings, out of whichever shape it came in.
 *
 * @param query what is searched for; not checked yet
 * @param texts not checked yet
 * @param field name that the texts have in the caller's shape
 * @param topN results in the answer; null for all
 * @param budgetMs milliseconds in which the answer is due; null for the configured time
 */
public record TextRequest(
        @Nullable String query,
        List<String> texts,
        String field,
        @Nullable Integer topN,
        @Nullable Integer budgetMs,
        TextReading reading) {}
