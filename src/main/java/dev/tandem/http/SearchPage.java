package dev.tandem.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import java.util.List;

/**
 * The search page: {@code /}, and its files in {@code /page}. Where it is not enabled there is no
 * route, and JAX-RS answers 404 as for any other unknown path.
 */
class SearchPage {

    static final String START = "index.html";

    static final List<String> FILES =
            List.of(
                    "page.css",
                    "icon.svg",
                    "page.js",
                    "dom.js",
                    "request.js",
                    "refusal.js",
                    "orders.js",
                    "readout.js",
                    "trace.js");

    private final PageConfig config;

    SearchPage(PageConfig config) {
        this.config = config;
    }

    void register(@Observes Router router) {
        if (!config.enabled()) {
            return;
        }
        serve(router, "/", PageFile.read(START));
        FILES.forEach(name -> serve(router, "/page/" + name, PageFile.read(name)));
    }

    private static void serve(Router router, String path, PageFile file) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(file::answer);
    }
}
