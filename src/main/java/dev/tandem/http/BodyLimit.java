package dev.tandem.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.edge.Problem;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Refuses a body by its announced length; Quarkus itself would do so with an empty answer. */
class BodyLimit {

    /** Before Quarkus' own check. */
    private static final int PRIORITY = 100;

    private final long mostBytes;
    private final ObjectMapper json;

    BodyLimit(
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize most,
            ObjectMapper json) {
        mostBytes = most.asLongValue();
        this.json = json;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, PRIORITY);
    }

    private void check(RoutingContext context) {
        String announced = context.request().getHeader(HttpHeaderNames.CONTENT_LENGTH);
        if (announced == null || Long.parseLong(announced) <= mostBytes) {
            context.next();
            return;
        }
        // Reads and forgets the body: who is cut off while sending does not see the answer.
        context.request().resume();
        context.response()
                .setStatusCode(413)
                .putHeader(HttpHeaderNames.CONTENT_TYPE, Problems.MEDIA_TYPE)
                .end(problem(announced));
    }

    private String problem(String announced) {
        var refusal =
                new InvalidRequestException(
                        Kind.TOO_LARGE,
                        "",
                        "got %s bytes, expected at most %d; shorten the query"
                                .formatted(announced, mostBytes));
        try {
            return json.writeValueAsString(Problem.of(refusal));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A problem has its JSON. This is a bug.", e);
        }
    }
}
