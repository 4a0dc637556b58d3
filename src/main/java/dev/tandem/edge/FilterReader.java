package dev.tandem.edge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.model.Filter;
import dev.tandem.model.Filter.All;
import dev.tandem.model.Filter.Any;
import dev.tandem.model.Filter.Not;
import dev.tandem.model.Filter.OneOf;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.MetadataValue;
import dev.tandem.model.MetadataValue.Flag;
import dev.tandem.model.MetadataValue.Numeric;
import dev.tandem.model.MetadataValue.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the filter of a request. {@code {"lang": "java", "year": {"gte": 2020}}} is two conditions
 * that must both hold; {@code and} and {@code or} join filters in a list, {@code not} negates one;
 * any other name is the path of a field. One dot in front of a name says that it is a path, for
 * fields that are called {@code and}, {@code or}, {@code not} or begin with a dot themselves.
 */
final class FilterReader {

    /** Name of the request's member, and of the URL's parameter. */
    static final String FILTER = "filter";

    static final String EXAMPLE =
            "an object such as {\"lang\": \"java\", \"year\": {\"gte\": 2020}}";

    private static final int DEEPEST = 8;
    private static final int MOST_VALUES = 1_024;
    private static final int LONGEST_NAME = 60;

    /** How many values and ends of ranges were read. */
    private int values;

    private FilterReader() {}

    /**
     * @return null for none
     * @throws InvalidRequestException saying what is wrong, and where
     */
    static @Nullable Filter read(@Nullable JsonNode filter) {
        return filter == null || filter.isNull()
                ? null
                : new FilterReader().filter(filter, FILTER, 1);
    }

    private Filter filter(JsonNode filter, String at, int depth) {
        if (!filter.isObject()) {
            throw malformed(at, "got %s, expected %s".formatted(got(filter), EXAMPLE));
        }
        if (filter.isEmpty()) {
            throw outOfBounds(at, "got an empty object, expected " + EXAMPLE);
        }
        if (depth > DEEPEST) {
            throw outOfBounds(
                    at, "stands %d filters deep, expected at most %d".formatted(depth, DEEPEST));
        }
        List<Filter> conditions = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : filter.properties()) {
            String name = member.getKey();
            conditions.add(condition(name, member.getValue(), at + "." + shown(name), depth));
        }
        return conditions.size() == 1 ? conditions.getFirst() : new All(conditions);
    }

    private Filter condition(String name, JsonNode condition, String at, int depth) {
        return switch (name) {
            case "and" -> new All(filters(condition, at, depth));
            case "or" -> new Any(filters(condition, at, depth));
            case "not" -> new Not(filter(condition, at, depth + 1));
            default -> ofField(path(name, at), condition, at);
        };
    }

    private List<Filter> filters(JsonNode list, String at, int depth) {
        checkList(list, at, "filters");
        List<Filter> filters = new ArrayList<>();
        for (JsonNode filter : list) {
            filters.add(filter(filter, at + "[" + filters.size() + "]", depth + 1));
        }
        return filters;
    }

    private static String path(String name, String at) {
        checkText(name, at);
        return name.startsWith(".") ? name.substring(1) : name;
    }

    private Filter ofField(String field, JsonNode condition, String at) {
        if (!condition.isObject()) {
            return new OneOf(field, List.of(value(condition, at)));
        }
        if (condition.isEmpty()) {
            throw outOfBounds(
                    at, "got an empty object, expected a value or " + RangeReader.OPERATORS);
        }
        JsonNode in = condition.get("in");
        if (in == null) {
            values += condition.size();
            checkValues(at);
            return RangeReader.read(field, condition, at);
        }
        if (condition.size() > 1) {
            throw malformed(
                    at, "got in and others, expected in alone; join them by {\"and\": [...]}");
        }
        return new OneOf(field, list(in, at + ".in"));
    }

    private List<MetadataValue> list(JsonNode list, String at) {
        checkList(list, at, "values");
        List<MetadataValue> read = new ArrayList<>();
        for (JsonNode element : list) {
            read.add(value(element, at + "[" + read.size() + "]"));
        }
        return read;
    }

    private MetadataValue value(JsonNode value, String at) {
        values++;
        checkValues(at);
        return switch (value.getNodeType()) {
            case STRING -> {
                checkText(value.textValue(), at);
                yield new Text(value.textValue());
            }
            case BOOLEAN -> new Flag(value.booleanValue());
            case NUMBER -> number(value, at);
            default ->
                    throw malformed(
                            at,
                            "got %s, expected a string, a number, a boolean or %s"
                                    .formatted(got(value), RangeReader.OPERATORS));
        };
    }

    static Numeric number(JsonNode number, String at) {
        return Numeric.of(number.numberValue())
                .orElseThrow(
                        () -> outOfBounds(at, "got a number that is too large for 64-bit floats"));
    }

    static void checkText(String text, String at) {
        if (Texts.hasLoneSurrogate(text)) {
            throw malformed(at, Texts.LONE_SURROGATE);
        }
    }

    /** What a value is, in a sentence. */
    static String got(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a string";
            case BOOLEAN -> "a boolean";
            case NUMBER -> "a number";
            case NULL -> "null";
            default -> "another type";
        };
    }

    /** A name as a message can carry it: of bounded length and whole characters. */
    static String shown(String name) {
        String whole =
                name.codePoints()
                        .limit(LONGEST_NAME)
                        .map(c -> Character.getType(c) == Character.SURROGATE ? '\ufffd' : c)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        return name.codePointCount(0, name.length()) <= LONGEST_NAME ? whole : whole + "...";
    }

    static InvalidRequestException malformed(String at, String detail) {
        return new InvalidRequestException(Kind.MALFORMED, at, detail);
    }

    static InvalidRequestException outOfBounds(String at, String detail) {
        return new InvalidRequestException(Kind.OUT_OF_BOUNDS, at, detail);
    }

    private static void checkList(JsonNode list, String at, String of) {
        if (!list.isArray()) {
            throw malformed(at, "got %s, expected a list of %s".formatted(got(list), of));
        }
        if (list.isEmpty()) {
            throw outOfBounds(at, "got an empty list, expected at least one of the " + of);
        }
    }

    private void checkValues(String at) {
        if (values > MOST_VALUES) {
            throw outOfBounds(
                    at, "is one value too many, expected at most %d in all".formatted(MOST_VALUES));
        }
    }
}
