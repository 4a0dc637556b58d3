package dev.tandem.hub;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;

/** An answer of the hub, or of where it sends to, that is not what was asked for. */
final class HubAnswerException extends IOException {

    private static final long serialVersionUID = 1L;

    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    private final int status;
    private final URI uri;
    private final String code;
    private final long retryAfterSeconds;

    HubAnswerException(HttpResponse<byte[]> response) {
        super("HTTP status %d%s".formatted(response.statusCode(), said(response)));
        status = response.statusCode();
        uri = response.uri();
        code = response.headers().firstValue("X-Error-Code").orElse("");
        retryAfterSeconds = seconds(response).orElse(-1);
    }

    int status() {
        return status;
    }

    /** Whom it came from. */
    URI uri() {
        return uri;
    }

    /** The hub's word for what is wrong, such as {@code GatedRepo}; empty if it says none. */
    String code() {
        return code;
    }

    /** Whether the same request may go well later. */
    boolean isPassing() {
        return status == TOO_MANY || status >= SERVER_ERROR;
    }

    /** How long to wait at least; zero if it does not say. */
    Duration retryAfter() {
        return Duration.ofSeconds(Math.max(0, retryAfterSeconds));
    }

    private static OptionalLong seconds(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    private static String said(HttpResponse<byte[]> response) {
        String text =
                response.headers()
                        .firstValue("X-Error-Message")
                        .orElse(new String(response.body(), StandardCharsets.UTF_8));
        return text.isBlank() ? "" : ": %.200s".formatted(text.strip());
    }
}
