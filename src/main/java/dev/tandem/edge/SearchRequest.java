package dev.tandem.edge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.model.LongPassages;
import dev.tandem.model.Order;
import dev.tandem.model.RerankOptions;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A search as it comes over the wire; what is left out takes the configured default. */
@Schema(description = "A search; only the query is required")
public record SearchRequest(
        @Schema(required = true, description = "What is searched for")
                @NotBlank(message = "got nothing, expected the text to search for")
                @Nullable String query,
        @Schema(description = "Passages in the answer", defaultValue = "10")
                @Min(value = 1, message = SearchRequest.TOP_K)
                @Max(value = 1_000, message = SearchRequest.TOP_K)
                @Nullable Integer topK,
        @Schema(
                        description = "Candidates of stage 1: the recall ceiling and the cost",
                        defaultValue = "100")
                @Min(value = 50, message = SearchRequest.CANDIDATE_COUNT)
                @Max(value = 1_000, message = SearchRequest.CANDIDATE_COUNT)
                @Nullable Integer candidateCount,
        @Schema(description = "Milliseconds in which the answer is due")
                @Min(value = 1, message = SearchRequest.BUDGET_MS)
                @Max(value = 900_000, message = SearchRequest.BUDGET_MS)
                @Nullable Integer budgetMs,
        @Schema(
                        description = SearchRequest.FILTER,
                        type = SchemaType.OBJECT,
                        implementation = Object.class)
                @Nullable JsonNode filter,
        @Schema(
                        description = "How the two stages make one order",
                        enumeration = {"blend", "replace", "rrf"})
                @Pattern(regexp = "blend|replace|rrf", message = SearchRequest.ORDER)
                @Nullable String order,
        @Schema(
                        description =
                                "What is read of passages longer than the cross-encoder reads at once",
                        enumeration = {"head", "chunkMax", "bestPassage"})
                @Pattern(
                        regexp = "head|chunkMax|bestPassage",
                        message = SearchRequest.LONG_PASSAGES)
                @Nullable String longPassages,
        @Schema(description = "Hits with a lower score are left out", defaultValue = "0")
                @DecimalMin(value = "0", message = SearchRequest.MIN_SCORE)
                @DecimalMax(value = "1", message = SearchRequest.MIN_SCORE)
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

    private static final String ORDER = "got \"${validatedValue}\", expected blend, replace or rrf";
    private static final String LONG_PASSAGES =
            "got \"${validatedValue}\", expected head, chunkMax or bestPassage";
    private static final String MIN_SCORE = "got ${validatedValue}, expected a number from 0 to 1";
    private static final String TOP_K =
            "got ${validatedValue}, expected a whole number from 1 to 1000";
    private static final String CANDIDATE_COUNT =
            "got ${validatedValue}, expected a whole number from 50 to 1000;"
                    + " leave it out for the default";
    // Lambda ends any call after 15 minutes.
    private static final String BUDGET_MS =
            "got ${validatedValue}, expected whole milliseconds from 1 to 900000";

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
