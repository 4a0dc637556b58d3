package dev.tandem.lambda;

import io.quarkus.funqy.Funq;
import io.smallrye.mutiny.Uni;

/**
 * The function. It takes the JSON of {@code POST /v1/search}, and gives the same answer; a request
 * that is refused fails the invocation with the exception's class as {@code errorType}. It also
 * takes the events of Function URLs and HTTP APIs (payload format 2.0), for all paths of the HTTP
 * door, and {@code {"warm": true}}.
 */
public class SearchFunction {

    @Funq
    public Uni<Object> search(Event event) {
        return event.answer();
    }
}
