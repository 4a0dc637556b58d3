package dev.tandem.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.edge.RequestReader;
import dev.tandem.edge.SearchRequest;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A search in a URL, read as strictly as a body. JAX-RS would answer 404 for a bad number. */
final class UrlRequest {

    private static final List<String> KNOWN =
            List.of("q", "topK", "candidateCount", "budgetMs", "filter");

    private static final RequestReader READER = new RequestReader();

    private final MultivaluedMap<String, String> parameters;

    private UrlRequest(MultivaluedMap<String, String> parameters) {
        this.parameters = parameters;
    }

    /**
     * @throws InvalidRequestException for an unknown or repeated parameter, and a missing q
     */
    static SearchRequest read(MultivaluedMap<String, String> parameters) {
        parameters.forEach(UrlRequest::check);
        var url = new UrlRequest(parameters);
        return new SearchRequest(
                url.query(),
                url.wholeNumber("topK"),
                url.wholeNumber("candidateCount"),
                url.wholeNumber("budgetMs"),
                url.filter());
    }

    private static void check(String name, List<String> values) {
        if (!KNOWN.contains(name)) {
            throw refused(name, "unknown parameter; known are " + String.join(", ", KNOWN));
        }
        if (values.size() > 1) {
            throw refused(name, "got it %d times, expected it once".formatted(values.size()));
        }
    }

    private String query() {
        String query = parameters.getFirst("q");
        if (query == null || query.isBlank()) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS, "q", "got nothing, expected the text to search for");
        }
        return query;
    }

    private @Nullable JsonNode filter() {
        String filter = parameters.getFirst("filter");
        return filter == null || filter.isEmpty() ? null : READER.filter(filter);
    }

    private @Nullable Integer wholeNumber(String name) {
        String value = parameters.getFirst(name);
        if (value == null || value.isEmpty()) {
            return null;
        }
        try {
            return Integer.valueOf(value);
        } catch (NumberFormatException e) {
            throw refused(
                    name, "got \"%.20s\", expected a whole number within 32 bits".formatted(value));
        }
    }

    private static InvalidRequestException refused(String name, String detail) {
        return new InvalidRequestException(Kind.MALFORMED, name, detail);
    }
}
