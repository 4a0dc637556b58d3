package dev.tandem.edge;

import dev.tandem.model.Budget;
import dev.tandem.model.Deadline;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.InvalidRequestException.Violation;
import dev.tandem.model.Query;
import dev.tandem.model.RerankOptions;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** What both doors do with a request once it is read. */
@ApplicationScoped
public class SearchService {

    private static final double MB_PER_GB = 1024;

    private final Requests requests;
    private final SearchConfig config;
    private final SearchMetrics metrics;
    private final SearchSpans spans;
    private final @Nullable Double memoryGb;

    /**
     * @param memoryMb what Lambda says that the function has
     */
    SearchService(
            Requests requests,
            SearchConfig config,
            SearchMetrics metrics,
            SearchSpans spans,
            @ConfigProperty(name = "aws.lambda.function.memory.size") Optional<Integer> memoryMb) {
        memoryGb = memoryMb.map(mb -> mb / MB_PER_GB).orElse(null);
        this.requests = requests;
        this.config = config;
        this.metrics = metrics;
        this.spans = spans;
    }

    /**
     * @param platformEnd when the platform ends the call; null if it does not
     * @throws InvalidRequestException if a value is out of bounds
     * @throws dev.tandem.model.OverloadedException if as many are being answered as may be
     * @throws dev.tandem.model.UnavailableException if the index is not open
     */
    public Uni<SearchAnswer> search(SearchRequest request, @Nullable Deadline platformEnd) {
        Budget budget = requests.budget(request.budgetMs(), platformEnd);
        Query query = query(request);
        Context caller = Context.current();
        return requests.call(engine -> engine.retriever().search(query, budget))
                .invoke(metrics::record)
                .invoke(result -> spans.tell(result, caller))
                .map(result -> SearchAnswer.of(result, memoryGb));
    }

    /** A search for nothing in particular, which is not counted among the answers. */
    public Uni<SearchAnswer> warm(@Nullable Deadline platformEnd) {
        var query = new Query("warm-up", config.candidateCount(), 1, null, RerankOptions.DEFAULT);
        Budget budget = requests.budget(null, platformEnd);
        return requests.call(engine -> engine.retriever().search(query, budget))
                .map(result -> SearchAnswer.of(result, memoryGb));
    }

    private Query query(SearchRequest request) {
        List<Violation> violations = request.violations();
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(Kind.OUT_OF_BOUNDS, violations);
        }
        String text = Texts.query(request.query(), config.maxQueryLength());
        int topK = request.topK() == null ? config.topK() : request.topK();
        // Who asks for many results and says no more wants that many candidates too.
        int candidateCount =
                request.candidateCount() == null
                        ? Math.max(config.candidateCount(), topK)
                        : request.candidateCount();
        if (topK > candidateCount) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS,
                    "topK",
                    "got %d, expected at most candidateCount, which is %d; lower topK or raise candidateCount"
                            .formatted(topK, candidateCount));
        }
        return new Query(
                text, candidateCount, topK, FilterReader.read(request.filter()), request.options());
    }
}
