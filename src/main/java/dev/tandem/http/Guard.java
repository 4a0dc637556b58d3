package dev.tandem.http;

import dev.tandem.edge.ApiKeys;
import dev.tandem.edge.Problem;
import dev.tandem.edge.SecurityHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;

/** Sets the headers that every answer has, and lets in who has a key, before a body is read. */
class Guard {

    /** Before all else. */
    private static final int PRIORITY = 200;

    private static final String HEALTH = "/q/health";

    private final ApiKeys keys;
    private final PageConfig page;
    private final EarlyReply early;

    Guard(ApiKeys keys, PageConfig page, EarlyReply early) {
        this.page = page;
        this.keys = keys;
        this.early = early;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, PRIORITY);
    }

    private void check(RoutingContext context) {
        var headers = context.response().headers();
        SecurityHeaders.ALL.forEach(headers::set);
        var request = context.request();
        if (isOpen(context.normalizedPath())
                || keys.admit(
                        request.getHeader(HttpHeaderNames.AUTHORIZATION),
                        request.getHeader("X-Api-Key"))) {
            context.next();
            return;
        }
        headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        early.refuse(context, Problem.unauthorized());
    }

    /** The page asks for the key itself. */
    private boolean isOpen(String path) {
        return path.startsWith(HEALTH)
                || (page.enabled() && (path.equals("/") || path.startsWith("/page/")));
    }
}
