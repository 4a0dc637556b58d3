package dev.tandem.edge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A search in a URL, read as strictly as a body. */
final class UrlRequest {

    private static final List<String> KNOWN =
            List.of(
                    "q",
                    "topK",
                    "candidateCount",
                    "budgetMs",
                    "filter",
                    "order",
                    "longPassages",
                    "minScore",
                    "earlyStop");

    /** As JSON has them; Java's own also has NaN. */
    private static final Pattern NUMBER =
            Pattern.compile("-?[0-9]{1,20}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?");

    private static final RequestReader READER = new RequestReader();

    private final Map<String, List<String>> parameters;

    private UrlRequest(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /**
     * @throws InvalidRequestException for an unknown or repeated parameter, and a missing q
     */
    static SearchRequest read(Map<String, List<String>> parameters) {
        parameters.forEach(UrlRequest::check);
        var url = new UrlRequest(parameters);
        return new SearchRequest(
                url.query(),
                url.wholeNumber("topK"),
                url.wholeNumber("candidateCount"),
                url.wholeNumber("budgetMs"),
                url.filter(),
                url.text("order"),
                url.text("longPassages"),
                url.number("minScore"),
                url.flag("earlyStop"));
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
        String query = first("q");
        if (query == null || query.isBlank()) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS, "q", "got nothing, expected the text to search for");
        }
        return query;
    }

    private @Nullable String first(String name) {
        return parameters.getOrDefault(name, List.of()).stream().findFirst().orElse(null);
    }

    private @Nullable JsonNode filter() {
        String filter = text("filter");
        return filter == null ? null : READER.filter(filter);
    }

    private @Nullable String text(String name) {
        String value = first(name);
        return value == null || value.isEmpty() ? null : value;
    }

    private @Nullable Double number(String name) {
        String value = text(name);
        if (value != null && !NUMBER.matcher(value).matches()) {
            throw refused(name, "got \"%.20s\", expected a number".formatted(value));
        }
        return value == null ? null : Double.valueOf(value);
    }

    private @Nullable Boolean flag(String name) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw refused(name, "got \"%.20s\", expected true or false".formatted(value));
        };
    }

    private @Nullable Integer wholeNumber(String name) {
        String value = text(name);
        if (value == null) {
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
