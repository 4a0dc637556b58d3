package dev.tandem.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.edge.RequestReader;
import dev.tandem.edge.SearchAnswer;
import dev.tandem.edge.SearchRequest;
import dev.tandem.edge.SearchService;
import io.quarkus.funqy.Funq;
import io.smallrye.mutiny.Uni;

/**
 * The function: the same JSON in and out as {@code POST /v1/search}. A request that is refused
 * fails the invocation with the exception's class as {@code errorType}.
 */
public class SearchFunction {

    private final RequestReader reader = new RequestReader();
    private final SearchService service;

    SearchFunction(SearchService service) {
        this.service = service;
    }

    /** Reads the event itself: Funqy's reader would let misspelt fields pass. */
    @Funq
    public Uni<SearchAnswer> search(JsonNode event) {
        return service.search(reader.read(event, SearchRequest.class));
    }
}
