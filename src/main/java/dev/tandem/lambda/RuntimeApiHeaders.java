package dev.tandem.lambda;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.CookieHandler;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Learns when an invocation ends where the function runs without Lambda's Java runtime, as a native
 * executable: there Quarkus itself asks the Runtime API for invocations, and tells nobody of the
 * headers. The JDK shows the headers of every answer to its cookie handler (ADR 24).
 */
final class RuntimeApiHeaders extends CookieHandler {

    private static final String NEXT = "/runtime/invocation/next";
    private static final String REQUEST_ID = "Lambda-Runtime-Aws-Request-Id";
    private static final String DEADLINE = "Lambda-Runtime-Deadline-Ms";

    /** Has the headers shown from the start on. */
    @Singleton
    static class Registration {

        void register(@Observes StartupEvent event) {
            if (CookieHandler.getDefault() == null) {
                CookieHandler.setDefault(new RuntimeApiHeaders());
            }
        }
    }

    @Override
    public Map<String, List<String>> get(URI uri, Map<String, List<String>> requestHeaders) {
        return Map.of();
    }

    @Override
    public void put(URI uri, Map<String, List<String>> responseHeaders) {
        if (uri.getPath() != null && uri.getPath().endsWith(NEXT)) {
            Invocation.begin(
                    value(responseHeaders, REQUEST_ID), end(value(responseHeaders, DEADLINE)));
        }
    }

    private static @Nullable Instant end(@Nullable String millis) {
        try {
            return millis == null ? null : Instant.ofEpochMilli(Long.parseLong(millis));
        } catch (NumberFormatException | DateTimeException e) {
            return null;
        }
    }

    /** Whichever case its name has; the status line has none. */
    private static @Nullable String value(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream()
                .filter(header -> name.equalsIgnoreCase(header.getKey()))
                .map(header -> header.getValue().getFirst())
                .findFirst()
                .orElse(null);
    }
}
