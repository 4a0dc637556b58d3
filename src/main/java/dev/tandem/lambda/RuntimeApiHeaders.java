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

/**
 * Learns when an invocation ends where the function runs without Lambda's Java runtime, as a native
 * executable: there Quarkus itself asks the Runtime API for invocations, and tells nobody of the
 * headers. The JDK shows the headers of every answer to its cookie handler (ADR 24).
 */
final class RuntimeApiHeaders extends CookieHandler {

    private static final String NEXT = "/runtime/invocation/next";
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
            Invocation.begin(null);
            responseHeaders.forEach(RuntimeApiHeaders::read);
        }
    }

    /** The status line has no name. */
    private static void read(String name, List<String> values) {
        if (DEADLINE.equalsIgnoreCase(name)) {
            try {
                Invocation.begin(Instant.ofEpochMilli(Long.parseLong(values.getFirst())));
            } catch (NumberFormatException | DateTimeException e) {
                Invocation.begin(null);
            }
        }
    }
}
