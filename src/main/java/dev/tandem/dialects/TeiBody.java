package dev.tandem.dialects;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.tandem.edge.TextRequest;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.TextReading;
import dev.tandem.model.TextReading.LongTexts;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What clients of Text Embeddings Inference send. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
@Schema(description = "Texts to be ranked, as clients of Text Embeddings Inference send them")
record TeiBody(
        @Schema(required = true, description = "What is searched for") @Nullable String query,
        @Schema(required = true, description = "What is ranked", implementation = String[].class)
                @Nullable List<@Nullable String> texts,
        @Schema(description = "false refuses texts that are too long; else they are truncated")
                @Nullable Boolean truncate,
        @Schema(
                        description = "The end of long texts that is cut off",
                        enumeration = {"left", "right"},
                        defaultValue = "right")
                @Nullable String truncationDirection,
        @Schema(description = "Whether scores are the model's outputs; 0..1 otherwise")
                @Nullable Boolean rawScores,
        @Schema(description = "Whether results repeat their text") @Nullable Boolean returnText,
        @Schema(description = "Milliseconds in which the answer is due")
                @JsonProperty("budgetMs")
                @JsonAlias("budget_ms")
                @Nullable Integer budgetMs) {

    private static final String TEXTS = "texts";

    /**
     * @throws InvalidRequestException if a text is none, or the direction is unknown
     */
    TextRequest request() {
        return new TextRequest(
                query,
                texts == null ? List.of() : present(texts),
                TEXTS,
                null,
                budgetMs,
                new TextReading(null, null, longTexts()));
    }

    private static List<String> present(List<@Nullable String> texts) {
        List<String> present = new ArrayList<>(texts.size());
        for (String text : texts) {
            if (text == null) {
                throw new InvalidRequestException(
                        Kind.MALFORMED,
                        "%s[%d]".formatted(TEXTS, present.size()),
                        "got null, expected a string");
            }
            present.add(text);
        }
        return present;
    }

    private LongTexts longTexts() {
        boolean left = isLeft();
        if (Boolean.FALSE.equals(truncate)) {
            return LongTexts.REFUSE;
        }
        return left ? LongTexts.END : LongTexts.AS_CONFIGURED;
    }

    private boolean isLeft() {
        return switch (truncationDirection) {
            case null -> false;
            case "right", "Right" -> false;
            case "left", "Left" -> true;
            default ->
                    throw new InvalidRequestException(
                            Kind.OUT_OF_BOUNDS,
                            "truncation_direction",
                            "got \"%.20s\", expected left or right".formatted(truncationDirection));
        };
    }
}
