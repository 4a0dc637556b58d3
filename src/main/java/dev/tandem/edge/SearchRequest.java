package dev.tandem.edge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.model.InvalidRequestException.Violation;
import dev.tandem.model.LongPassages;
import dev.tandem.model.Order;
import dev.tandem.model.RerankOptions;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A search as it comes over the wire; what is left out takes the configured default. */
@Schema(description = "A search; only the query is required")
public record SearchRequest(
        @Schema(required = true, description = "What is searched for", pattern = "\\S")
                @Nullable String query,
        @Schema(
                        description = "Passages in the answer",
                        defaultValue = "10",
                        minimum = "1",
                        maximum = "1000")
                @Nullable Integer topK,
        @Schema(
                        description = "Candidates of stage 1: the recall ceiling and the cost",
                        defaultValue = "100",
                        minimum = "50",
                        maximum = "1000")
                @Nullable Integer candidateCount,
        @Schema(
                        description = "Milliseconds in which the answer is due",
                        minimum = "1",
                        maximum = "900000")
                @Nullable Integer budgetMs,
        @Schema(
                        description = SearchRequest.FILTER,
                        type = SchemaType.OBJECT,
                        implementation = Object.class)
                @Nullable JsonNode filter,
        @Schema(
                        description = "How the two stages make one order",
                        enumeration = {"blend", "replace", "rrf"})
                @Nullable String order,
        @Schema(
                        description =
                                "What is read of passages longer than the cross-encoder reads at once",
                        enumeration = {"head", "chunkMax", "bestPassage"})
                @Nullable String longPassages,
        @Schema(
                        description = "Hits with a lower score are left out",
                        defaultValue = "0",
                        minimum = "0",
                        maximum = "1")
                @Nullable Double minScore,
        @Schema(description = "Whether scoring ends when more of it is unlikely to change the topK")
                @Nullable Boolean earlyStop) {

    /** What the API's description says of a filter. */
    public static final String FILTER =
            "Which passages may be found, by their metadata: {\"lang\": \"java\"} for a value, a list"
                    + " {\"in\": [2020, 2021]} of values, a range {\"gte\": 2020, \"lt\": 2024} of numbers"
                    + " or ISO 8601 dates; several fields must all fit; {\"and\": [...]}, {\"or\":"
                    + " [...]} and {\"not\": {...}} join filters; \"outer.inner\" is the path of a field"
                    + " within an object, and a dot in front makes any name a path";

    // Lambda ends any call after 15 minutes.
    private static final int MOST_MS = 900_000;

    /** What is out of bounds, field by field. */
    List<Violation> violations() {
        List<Violation> found = new ArrayList<>();
        if (query == null || query.isBlank()) {
            found.add(new Violation("query", "got nothing, expected the text to search for"));
        }
        bound(found, "topK", topK, 1, 1_000, "a whole number from 1 to 1000");
        bound(
                found,
                "candidateCount",
                candidateCount,
                50,
                1_000,
                "a whole number from 50 to 1000; leave it out for the default");
        bound(found, "budgetMs", budgetMs, 1, MOST_MS, "whole milliseconds from 1 to 900000");
        bound(found, "minScore", minScore, 0, 1, "a number from 0 to 1");
        if (order != null && Order.named(order).isEmpty()) {
            found.add(unknown("order", order, "blend, replace or rrf"));
        }
        if (longPassages != null && LongPassages.named(longPassages).isEmpty()) {
            found.add(unknown("longPassages", longPassages, "head, chunkMax or bestPassage"));
        }
        return found;
    }

    private static void bound(
            List<Violation> found,
            String field,
            @Nullable Number value,
            double least,
            double most,
            String expected) {
        if (value != null && !(value.doubleValue() >= least && value.doubleValue() <= most)) {
            found.add(new Violation(field, "got " + value + ", expected " + expected));
        }
    }

    private static Violation unknown(String field, String value, String expected) {
        return new Violation(field, "got \"" + value + "\", expected " + expected);
    }

    /** The same with another budget. */
    SearchRequest within(@Nullable Integer milliseconds) {
        return new SearchRequest(
                query,
                topK,
                candidateCount,
                milliseconds,
                filter,
                order,
                longPassages,
                minScore,
                earlyStop);
    }

    /** Of a request that is valid. */
    RerankOptions options() {
        return new RerankOptions(
                longPassages == null ? null : LongPassages.named(longPassages).orElseThrow(),
                order == null ? null : Order.named(order).orElseThrow(),
                minScore == null ? 0 : minScore,
                earlyStop);
    }
}
