package dev.tandem.http;

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
    private final EarlyReply early;

    BodyLimit(
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize most,
            EarlyReply early) {
        mostBytes = most.asLongValue();
        this.early = early;
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
        var refusal =
                new InvalidRequestException(
                        Kind.TOO_LARGE,
                        "",
                        "got %s bytes, expected at most %d; send less at a time"
                                .formatted(announced, mostBytes));
        early.refuse(context, Problem.of(refusal));
    }
}
