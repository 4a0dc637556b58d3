package dev.tandem.edge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.model.Filter;
import dev.tandem.model.Filter.DateRange;
import dev.tandem.model.Filter.End;
import dev.tandem.model.Filter.NumberRange;
import dev.tandem.model.TimeSpan;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a range, {@code {"gte": 2020, "lt": 2024}}; its ends are numbers, or both are dates. */
final class RangeReader {

    static final String OPERATORS = "an object of in, or of gt or gte and lt or lte";

    private static final List<String> LOWER = List.of("gt", "gte");
    private static final List<String> UPPER = List.of("lt", "lte");
    private static final String INCLUSIVE = "e";
    private static final String A_DATE =
            "an ISO 8601 date or instant such as \"2026-03-01\" or \"2026-03-01T10:20:30Z\"";

    private final JsonNode condition;
    private final String at;

    private RangeReader(JsonNode condition, String at) {
        this.condition = condition;
        this.at = at;
    }

    /**
     * @param condition an object that is not empty
     */
    static Filter read(String field, JsonNode condition, String at) {
        var range = new RangeReader(condition, at);
        range.checkOperators();
        String lower = range.operator(LOWER);
        String upper = range.operator(UPPER);
        return range.isOfNumbers()
                ? new NumberRange(field, range.end(lower), range.end(upper))
                : new DateRange(field, range.from(lower), range.until(upper));
    }

    private void checkOperators() {
        for (Map.Entry<String, JsonNode> member : condition.properties()) {
            String operator = member.getKey();
            if (!LOWER.contains(operator) && !UPPER.contains(operator)) {
                throw FilterReader.malformed(
                        at + "." + FilterReader.shown(operator),
                        "unknown operator; known are in, gt, gte, lt, lte. A field of an object"
                                + " within the metadata is written \"outer.inner\"");
            }
            checkEnd(member.getValue(), at + "." + operator);
        }
    }

    private static void checkEnd(JsonNode end, String at) {
        if (!end.isNumber() && !end.isTextual()) {
            throw FilterReader.malformed(
                    at, "got %s, expected a number or %s".formatted(FilterReader.got(end), A_DATE));
        }
    }

    /** Which of two operators is there; null for none. */
    private @Nullable String operator(List<String> either) {
        List<String> there = either.stream().filter(condition::has).toList();
        if (there.size() > 1) {
            throw FilterReader.malformed(
                    at,
                    "got %s and %s, expected one of them".formatted(there.get(0), there.get(1)));
        }
        return there.isEmpty() ? null : there.getFirst();
    }

    private boolean isOfNumbers() {
        long numbers = condition.valueStream().filter(JsonNode::isNumber).count();
        if (numbers > 0 && numbers < condition.size()) {
            throw FilterReader.malformed(at, "got a number and a date, expected two of a kind");
        }
        return numbers > 0;
    }

    private @Nullable End end(@Nullable String operator) {
        return operator == null
                ? null
                : new End(
                        FilterReader.number(condition.path(operator), at + "." + operator),
                        operator.endsWith(INCLUSIVE));
    }

    /** After a day is from the next one on; from a day on is from its first instant. */
    private @Nullable Instant from(@Nullable String operator) {
        if (operator == null) {
            return null;
        }
        TimeSpan span = span(operator);
        return operator.endsWith(INCLUSIVE) ? span.from() : span.until();
    }

    /** Up to a day has all of that day; before a day has nothing of it. */
    private @Nullable Instant until(@Nullable String operator) {
        if (operator == null) {
            return null;
        }
        TimeSpan span = span(operator);
        return operator.endsWith(INCLUSIVE) ? span.until() : span.from();
    }

    private TimeSpan span(String operator) {
        String text = condition.path(operator).textValue();
        return TimeSpan.parse(text)
                .orElseThrow(
                        () ->
                                FilterReader.outOfBounds(
                                        at + "." + operator,
                                        "got \"%s\", expected a number or %s"
                                                .formatted(FilterReader.shown(text), A_DATE)));
    }
}
