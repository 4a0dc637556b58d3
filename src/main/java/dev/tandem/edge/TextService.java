package dev.tandem.edge;

import dev.tandem.model.Budget;
import dev.tandem.model.Deadline;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.TextQuery;
import dev.tandem.model.UnavailableException;
import dev.tandem.retrieval.EncodedText;
import dev.tandem.retrieval.SearchEngine;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.Supplier;

/** What is done with texts that callers bring: they are ranked, or encoded. */
@ApplicationScoped
public class TextService {

    private final Requests requests;
    private final SearchConfig config;
    private final SearchMetrics metrics;

    TextService(Requests requests, SearchConfig config, SearchMetrics metrics) {
        this.requests = requests;
        this.config = config;
        this.metrics = metrics;
    }

    /**
     * Puts texts in order by the cross-encoder alone.
     *
     * @throws InvalidRequestException if a value is out of bounds
     * @throws dev.tandem.model.OverloadedException if as many are being answered as may be
     * @throws dev.tandem.model.UnavailableException if the engine is not open
     */
    public Uni<RankedTexts> rank(TextRequest request, Call call) {
        Budget budget =
                requests.budget(Requests.budgetMs(request.budgetMs(), call), call.platformEnd());
        String query = Texts.query(request.query(), config.maxQueryLength());
        List<String> texts = Texts.all(request.field(), request.texts(), config);
        var asked =
                new TextQuery(
                        query, texts, topN(request), RerankOptions.DEFAULT, request.reading());
        return requests.call(
                engine ->
                        engine.texts()
                                .rerank(asked, budget)
                                .invoke(metrics::record)
                                .map(
                                        ranking ->
                                                new RankedTexts(
                                                        asked, ranking, engine.crossEncoder())));
    }

    /**
     * Turns texts into vectors.
     *
     * @throws InvalidRequestException if a value is out of bounds
     * @throws dev.tandem.model.OverloadedException if as many are being answered as may be
     * @throws dev.tandem.model.UnavailableException if the engine is not open, or the time did not
     *     suffice: half of the vectors would be of no use
     */
    public Uni<Vectors> encode(EncodeRequest request, Call call) {
        Budget budget =
                requests.budget(Requests.budgetMs(request.budgetMs(), call), call.platformEnd());
        List<String> texts = Texts.all(EncodeRequest.FIELD, request.texts(), config);
        return requests.call(engine -> encode(engine, request, texts, budget.due()));
    }

    private static Uni<Vectors> encode(
            SearchEngine engine, EncodeRequest request, List<String> texts, Deadline due) {
        checkDimensions(engine, request);
        return Multi.createFrom()
                .iterable(texts)
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(text -> inTime(due, texts.size(), () -> engine.encode(text, request.query())))
                .collect()
                .asList()
                .map(encoded -> vectors(encoded, engine.biEncoder()));
    }

    private static <T> T inTime(Deadline due, int count, Supplier<T> work) {
        if (due.expired()) {
            throw new UnavailableException(
                    "The time did not suffice for the vectors of %d texts. Allow more by budgetMs, or send fewer."
                            .formatted(count),
                    null);
        }
        return work.get();
    }

    private static Vectors vectors(List<EncodedText> encoded, String model) {
        return new Vectors(
                encoded.stream().map(EncodedText::vector).toList(),
                encoded.stream().mapToLong(EncodedText::tokens).sum(),
                model);
    }

    private static void checkDimensions(SearchEngine engine, EncodeRequest request) {
        Integer asked = request.dimensions();
        if (asked != null && asked != engine.dimension()) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS,
                    "dimensions",
                    "got %d, expected %d: the vectors of %s cannot be shortened; leave it out"
                            .formatted(asked, engine.dimension(), engine.biEncoder()));
        }
    }

    private static int topN(TextRequest request) {
        Integer asked = request.topN();
        if (asked == null) {
            return Math.max(1, request.texts().size());
        }
        if (asked < 1) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS,
                    "top_n",
                    "got %d, expected a whole number of at least 1; leave it out for all"
                            .formatted(asked));
        }
        return asked;
    }
}
