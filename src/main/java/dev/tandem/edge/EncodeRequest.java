package dev.tandem.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to turn texts into vectors.
 *
 * @param texts not checked yet
 * @param query whether they are queries; passages otherwise
 * @param dimensions that the caller expects; null for any
 * @param budgetMs milliseconds in which the answer is due; null for the configured time
 */
public record EncodeRequest(
        List<String> texts,
        boolean query,
        @Nullable Integer dimensions,
        @Nullable Integer budgetMs) {

    static final String FIELD = "input";
}
