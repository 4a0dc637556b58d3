package dev.tandem.dialects;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.tandem.edge.RankedTexts;
import dev.tandem.model.Coverage;
import dev.tandem.model.RankedText;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What Cohere's and Jina's clients read. Each has its fields; who could be either gets both.
 *
 * @param id Cohere's
 * @param model Jina's
 * @param meta Cohere's
 * @param usage Jina's
 * @param coverage ours, beside Jina's, which has no place for warnings
 */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record RerankAnswer(
        @Nullable String id,
        @Nullable String model,
        List<Result> results,
        @Nullable Meta meta,
        @Nullable Usage usage,
        @Nullable Coverage coverage) {

    /** A search unit is one query over up to so many documents. */
    private static final int UNIT = 100;

    /**
     * One document.
     *
     * @param index 0-based place in the request
     * @param document null unless asked for
     * @param relevanceScore 0..1
     */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(int index, @Nullable Object document, double relevanceScore) {}

    /** Cohere's. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Meta(
            ApiVersion apiVersion,
            BilledUnits billedUnits,
            Tokens tokens,
            @Nullable List<String> warnings) {}

    /** Cohere's. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    record ApiVersion(String version, boolean isExperimental) {}

    /** Cohere's; nothing is billed, the count is what Cohere would have counted. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    record BilledUnits(int searchUnits) {}

    /** Cohere's: what was computed for this answer. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    record Tokens(long inputTokens, long outputTokens) {}

    /** Jina's: what was computed for this answer. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    record Usage(long promptTokens, long totalTokens) {}

    /**
     * @param version of Cohere's API
     */
    static RerankAnswer coheres(RerankBody body, RankedTexts ranked, String version) {
        return new RerankAnswer(
                UUID.randomUUID().toString(),
                null,
                results(body, ranked),
                meta(ranked, version),
                null,
                null);
    }

    static RerankAnswer jinas(RerankBody body, RankedTexts ranked) {
        return new RerankAnswer(
                null,
                ranked.model(),
                results(body, ranked),
                null,
                usage(ranked),
                ranked.ranking().coverage());
    }

    /** For who could be either. */
    static RerankAnswer both(RerankBody body, RankedTexts ranked) {
        var coheres = coheres(body, ranked, "1");
        var jinas = jinas(body, ranked);
        return new RerankAnswer(
                coheres.id(),
                jinas.model(),
                jinas.results(),
                coheres.meta(),
                jinas.usage(),
                jinas.coverage());
    }

    private static List<Result> results(RerankBody body, RankedTexts ranked) {
        return ranked.ranking().texts().stream().map(text -> result(body, text)).toList();
    }

    private static Result result(RerankBody body, RankedText text) {
        var documents = body.documents();
        Object document =
                body.returnsDocuments() && documents != null
                        ? Documents.returned(documents.get(text.index()))
                        : null;
        return new Result(text.index(), document, text.score());
    }

    private static Meta meta(RankedTexts ranked, String version) {
        int units = (ranked.query().texts().size() + UNIT - 1) / UNIT;
        String warning = ranked.warning();
        return new Meta(
                new ApiVersion(version, false),
                new BilledUnits(units),
                new Tokens(ranked.ranking().work().tokens(), 0),
                warning.isEmpty() ? null : List.of(warning));
    }

    private static Usage usage(RankedTexts ranked) {
        long tokens = ranked.ranking().work().tokens();
        return new Usage(tokens, tokens);
    }
}
