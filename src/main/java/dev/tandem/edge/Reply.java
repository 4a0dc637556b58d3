package dev.tandem.edge;

import dev.tandem.model.Coverage;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer as any door gives it.
 *
 * @param status of HTTP
 * @param headers besides the content type
 * @param body becomes JSON
 */
public record Reply(int status, String contentType, Map<String, String> headers, Object body) {

    public static final String JSON = "application/json";
    public static final String PROBLEM = "application/problem+json";

    private static final String RETRY_AFTER = "Retry-After";
    private static final int TOO_MANY = 429;

    public static Reply of(Object body) {
        return new Reply(200, JSON, Map.of(), body);
    }

    /**
     * An error; one that passes says when to try again.
     *
     * @param body in whichever shape the caller knows
     */
    public static Reply error(int status, String contentType, Object body) {
        Map<String, String> headers = status == TOO_MANY ? Map.of(RETRY_AFTER, "1") : Map.of();
        return new Reply(status, contentType, headers, body);
    }

    /** An error in our own shape. */
    public static Reply problem(Problem problem) {
        return error(problem.status(), PROBLEM, problem);
    }

    /**
     * Says how much of the work was done where the body's shape has no place for it. The first
     * {@code scored} results are those that the cross-encoder scored.
     */
    public Reply covering(Coverage coverage) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("X-Tandem-Coverage", coverage.reason().name());
        all.put("X-Tandem-Requested", String.valueOf(coverage.requested()));
        all.put("X-Tandem-Scored", String.valueOf(coverage.scored()));
        all.put("X-Tandem-Preranked", String.valueOf(coverage.preranked()));
        return new Reply(status, contentType, all, body);
    }

    /** With one more header. */
    public Reply with(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new Reply(status, contentType, all, body);
    }
}
