package dev.tandem.edge;

import dev.tandem.model.Budget;
import dev.tandem.model.Deadline;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.InvalidRequestException.Violation;
import dev.tandem.model.Query;
import dev.tandem.retrieval.Admission;
import dev.tandem.retrieval.LiveEngine;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.Validator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What both doors do with a request once it is read. */
@ApplicationScoped
public class SearchService {

    static final String LONE_SURROGATE =
            "has half of a surrogate pair, which is no character; send whole characters";

    private final LiveEngine live;
    private final SearchConfig config;
    private final Validator validator;
    private final SearchMetrics metrics;
    private final Admission admission;

    SearchService(
            LiveEngine live, SearchConfig config, Validator validator, SearchMetrics metrics) {
        this.live = live;
        this.config = config;
        this.validator = validator;
        this.metrics = metrics;
        admission = new Admission(config.maxInFlight());
        metrics.watch(admission);
    }

    /**
     * The same without a platform that ends calls.
     *
     * @see #search(SearchRequest, Deadline)
     */
    public Uni<SearchAnswer> search(SearchRequest request) {
        return search(request, null);
    }

    /**
     * @param platformEnd when the platform ends the call; null if it does not
     * @throws InvalidRequestException if a value is out of bounds
     * @throws dev.tandem.model.OverloadedException if as many are being answered as may be
     * @throws dev.tandem.model.UnavailableException if the index is not open
     */
    public Uni<SearchAnswer> search(SearchRequest request, @Nullable Deadline platformEnd) {
        Budget budget = budget(request, platformEnd);
        Query query = query(request);
        return admission
                .admit(() -> live.call(engine -> engine.retriever().search(query, budget)))
                .invoke(metrics::record)
                .map(SearchAnswer::of);
    }

    private Budget budget(SearchRequest request, @Nullable Deadline platformEnd) {
        Integer asked = request.budgetMs();
        Duration time = asked == null ? config.budget() : Duration.ofMillis(Math.max(0, asked));
        boolean tooMuch = time.compareTo(config.maxBudget()) > 0;
        Budget budget = Budget.of(tooMuch ? config.maxBudget() : time, config.grace());
        return platformEnd == null ? budget : budget.within(platformEnd, config.platformReserve());
    }

    private Query query(SearchRequest request) {
        List<Violation> violations = new ArrayList<>();
        for (var violation : validator.validate(request)) {
            violations.add(
                    new Violation(violation.getPropertyPath().toString(), violation.getMessage()));
        }
        refuse(Kind.OUT_OF_BOUNDS, violations);
        String text = checkedText(request.query());
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

    private String checkedText(@Nullable String query) {
        String text = query == null ? "" : query.strip();
        if (text.length() > config.maxQueryLength()) {
            throw new InvalidRequestException(
                    Kind.TOO_LARGE,
                    "query",
                    "got %d characters, expected at most %d; shorten it"
                            .formatted(text.length(), config.maxQueryLength()));
        }
        if (hasLoneSurrogate(text)) {
            throw new InvalidRequestException(Kind.MALFORMED, "query", LONE_SURROGATE);
        }
        return text;
    }

    private static void refuse(Kind kind, List<Violation> violations) {
        if (!violations.isEmpty()) {
            throw new InvalidRequestException(kind, violations);
        }
    }

    static boolean hasLoneSurrogate(String text) {
        return text.codePoints()
                .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
