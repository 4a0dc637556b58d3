package dev.tandem.retrieval;

import dev.tandem.candidates.WalkLimits;
import dev.tandem.model.Budget;
import dev.tandem.model.Filter;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.Query;
import dev.tandem.model.SearchResult;
import io.smallrye.mutiny.Uni;
import java.util.List;

/** Answers a query in two stages. Thread-safe. */
public final class TwoStageRetriever {

    private final Stages stages;
    private final RerankRules rules;
    private final AnswerReserve reserve = new AnswerReserve();

    TwoStageRetriever(Stages stages, RerankRules rules) {
        this.stages = stages;
        this.rules = rules;
    }

    /**
     * Answers when it is due with the best ranking that the time allowed; being late is never an
     * error. The work begins with the subscription, on threads of its own; who cancels that ends
     * it.
     *
     * @throws InvalidRequestException if the query is longer than the cross-encoder can read, or
     *     its filter does not fit the metadata
     * @throws dev.tandem.model.IndexException if the storage hangs, and many calls with it
     */
    public Uni<SearchResult> search(Query query, Budget budget) {
        var call = new SearchCall(stages, rules, reserve, query);
        Filter filter = query.filter();
        if (filter != null) {
            stages.passages().check(filter);
        }
        stages.health().admit();
        return call.answer(budget);
    }

    /** Stage 1 alone: the ids of the candidates in its order. */
    public List<String> candidateIds(Query query) {
        float[] vector = stages.encoder().encodeQuery(query.text());
        return stages
                .searcher()
                .search(vector, query.candidateCount(), stages.accepted(query), WalkLimits.NONE)
                .list()
                .stream()
                .map(candidate -> stages.passages().passage(candidate.ordinal()).id())
                .toList();
    }
}
