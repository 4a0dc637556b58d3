package dev.tandem.edge;

import dev.tandem.model.Deadline;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.InvalidRequestException.Violation;
import dev.tandem.model.Query;
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

    SearchService(
            LiveEngine live, SearchConfig config, Validator validator, SearchMetrics metrics) {
        this.live = live;
        this.config = config;
        this.validator = validator;
        this.metrics = metrics;
    }

    /**
     * @throws InvalidRequestException if a value is out of bounds
     * @throws dev.tandem.model.UnavailableException if the index is not open
     */
    public Uni<SearchAnswer> search(SearchRequest request) {
        Duration budget =
                request.budgetMs() == null
                        ? config.budget()
                        : Duration.ofMillis(request.budgetMs());
        Deadline deadline = Deadline.after(budget);
        Query query = query(request);
        return live.call(engine -> engine.retriever().search(query, deadline))
                .invoke(metrics::record)
                .map(SearchAnswer::of);
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
        return new Query(text, candidateCount, topK, FilterReader.read(request.filter()));
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
