package dev.tandem.lambda;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tandem.edge.Call;
import dev.tandem.edge.Call.Target;
import dev.tandem.model.Deadline;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request as Function URLs and HTTP APIs of API Gateway wrap it, payload format 2.0.
 *
 * @param rawPath not decoded
 * @param rawQueryString not decoded; null or empty if there is none
 */
@RegisterForReflection
record Envelope(
        String version,
        String rawPath,
        @Nullable String rawQueryString,
        @Nullable Map<String, String> headers,
        Context requestContext,
        @Nullable String body,
        @JsonProperty("isBase64Encoded") boolean isBase64Encoded) {

    private static final String DEFAULT_STAGE = "$default";

    @RegisterForReflection
    record Context(Http http, @Nullable String stage) {}

    @RegisterForReflection
    record Http(String method) {}

    /**
     * @param fields names in an event
     */
    static boolean isOne(Set<String> fields) {
        return fields.containsAll(Set.of("version", "rawPath", "requestContext"));
    }

    /**
     * @throws InvalidRequestException if what is encoded in it cannot be decoded
     */
    Call call(@Nullable Deadline platformEnd) {
        var target = new Target(requestContext.http().method(), path(), query());
        return new Call(target, headers == null ? Map.of() : headers, bytes(), platformEnd);
    }

    /** Whichever case its name has; null if it is not there. */
    @Nullable String header(String name) {
        return (headers == null ? Map.<String, String>of() : headers)
                .entrySet().stream()
                        .filter(header -> header.getKey().equalsIgnoreCase(name))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(null);
    }

    /** Without the stage of an API that has one by name. */
    String path() {
        String path = decoded(rawPath.replace("+", "%2B"));
        String stage = requestContext.stage();
        String prefix = "/" + stage;
        boolean named = stage != null && !stage.equals(DEFAULT_STAGE);
        return named && path.startsWith(prefix + "/") ? path.substring(prefix.length()) : path;
    }

    private Map<String, List<String>> query() {
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (rawQueryString == null || rawQueryString.isEmpty()) {
            return query;
        }
        for (String pair : rawQueryString.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.computeIfAbsent(decoded(parts[0]), _ -> new ArrayList<>())
                    .add(parts.length < 2 ? "" : decoded(parts[1]));
        }
        return query;
    }

    private byte[] bytes() {
        if (body == null) {
            return new byte[0];
        }
        if (!isBase64Encoded) {
            return body.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(
                    Kind.MALFORMED, "body", "isBase64Encoded is true, but it is not Base64");
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(
                    Kind.MALFORMED,
                    "",
                    "the URL has a %% that begins no byte: %.40s".formatted(text));
        }
    }
}
