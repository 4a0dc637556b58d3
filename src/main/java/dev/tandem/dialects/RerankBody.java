package dev.tandem.dialects;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.tandem.edge.TextRequest;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.TextReading;
import dev.tandem.model.TextReading.LongTexts;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What Cohere's and Jina's clients send; each of them sends some of it. */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
@Schema(description = "Documents to be ranked, as Cohere's or Jina's clients send them")
record RerankBody(
        @Schema(description = "Told apart by; the server has one cross-encoder")
                @Nullable String model,
        @Schema(required = true, description = "What is searched for") @Nullable String query,
        @Schema(
                        required = true,
                        description = "Strings, or objects with a field text",
                        implementation = Object[].class)
                @Nullable List<@Nullable JsonNode> documents,
        @Schema(description = "Results in the answer; all if left out") @Nullable Integer topN,
        @Schema(description = "Whether results repeat their document")
                @Nullable Boolean returnDocuments,
        @Schema(description = "Cohere v1: fields of documents that are read, in this order")
                @Nullable List<String> rankFields,
        @Schema(description = "Cohere v1: chunks of a document of which the best counts")
                @Nullable Integer maxChunksPerDoc,
        @Schema(description = "Cohere v2: tokens of a document after which the rest is left out")
                @Nullable Integer maxTokensPerDoc,
        @Schema(description = "Cohere v2: taken, and of no effect") @Nullable Integer priority,
        @Schema(description = "Milliseconds in which the answer is due")
                @JsonProperty("budgetMs")
                @JsonAlias("budget_ms")
                @Nullable Integer budgetMs) {

    private static final String DOCUMENTS = "documents";

    boolean returnsDocuments() {
        return Boolean.TRUE.equals(returnDocuments);
    }

    /**
     * @throws InvalidRequestException if a document has no text, or a number is out of bounds
     */
    TextRequest request() {
        atLeastOne("max_tokens_per_doc", maxTokensPerDoc);
        atLeastOne("max_chunks_per_doc", maxChunksPerDoc);
        List<String> texts =
                documents == null ? List.of() : Documents.texts(DOCUMENTS, documents, rankFields);
        return new TextRequest(
                query,
                texts,
                DOCUMENTS,
                topN,
                budgetMs,
                new TextReading(maxTokensPerDoc, maxChunksPerDoc, LongTexts.AS_CONFIGURED));
    }

    /** Whether a field, the model's name or a document's form is Cohere's alone. */
    boolean isCoheres() {
        return rankFields != null
                || maxChunksPerDoc != null
                || maxTokensPerDoc != null
                || priority != null
                || (model != null && model.startsWith("rerank-"))
                || (documents != null && documents.stream().anyMatch(Documents::isObject));
    }

    /** Whether the model's name is Jina's. */
    boolean isJinas() {
        return model != null && model.startsWith("jina-");
    }

    private static void atLeastOne(String field, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS,
                    field,
                    "got %d, expected a whole number of at least 1".formatted(value));
        }
    }
}
