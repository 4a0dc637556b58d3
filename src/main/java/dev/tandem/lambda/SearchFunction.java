package dev.tandem.lambda;

import dev.tandem.edge.SearchAnswer;
import io.quarkus.funqy.Funq;
import io.smallrye.mutiny.Uni;

/**
 * The function: the same JSON in and out as {@code POST /v1/search}. A request that is refused
 * fails the invocation with the exception's class as {@code errorType}.
 */
public class SearchFunction {

    @Funq
    public Uni<SearchAnswer> search(SearchEvent event) {
        return event.answer();
    }
}
