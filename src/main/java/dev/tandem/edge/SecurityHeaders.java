package dev.tandem.edge;

import java.util.Map;

/** Headers that every answer has. */
public final class SecurityHeaders {

    /** Answers are no one else's business, and are nothing that a browser should guess about. */
    public static final Map<String, String> ALL =
            Map.of(
                    "X-Content-Type-Options", "nosniff",
                    "Cache-Control", "no-store",
                    "Referrer-Policy", "no-referrer",
                    "X-Frame-Options", "DENY");

    private SecurityHeaders() {}
}
