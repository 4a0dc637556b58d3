package dev.tandem.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tandem.model.Filter;
import dev.tandem.model.Filter.All;
import dev.tandem.model.Filter.Any;
import dev.tandem.model.Filter.DateRange;
import dev.tandem.model.Filter.End;
import dev.tandem.model.Filter.Not;
import dev.tandem.model.Filter.NumberRange;
import dev.tandem.model.Filter.OneOf;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.MetadataValue;
import dev.tandem.model.MetadataValue.Flag;
import dev.tandem.model.MetadataValue.Fraction;
import dev.tandem.model.MetadataValue.Text;
import dev.tandem.model.MetadataValue.Whole;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterReaderTest {
    private static final int DEEPEST = 8;
    private static final int MOST_VALUES = 1_024;

    private final RequestReader reader = new RequestReader();

    static Stream<Arguments> filters() {
        return Stream.of(
                filter("{'lang': 'java'}", is("lang", new Text("java"))),
                filter("{'n': 2}", is("n", new Whole(2))),
                filter("{'n': 2.0}", is("n", new Whole(2))),
                filter("{'n': -0.0}", is("n", new Whole(0))),
                filter("{'n': 2.5}", is("n", new Fraction(2.5))),
                filter("{'n': 9007199254740993}", is("n", new Whole(9_007_199_254_740_993L))),
                filter("{'n': 9223372036854775807}", is("n", new Whole(Long.MAX_VALUE))),
                filter("{'n': 9223372036854775808}", is("n", new Fraction(0x1p63))),
                filter("{'n': -9223372036854775808}", is("n", new Whole(Long.MIN_VALUE))),
                filter("{'b': false}", is("b", new Flag(false))),
                filter("{'a.b': ''}", is("a.b", new Text(""))),
                filter(
                        "{'x': {'in': [1, 'one', true]}}",
                        is("x", new Whole(1), new Text("one"), new Flag(true))),
                filter(
                        "{'a': 1, 'b': 2}",
                        new All(List.of(is("a", new Whole(1)), is("b", new Whole(2))))),
                filter("{'and': [{'a': 1}]}", new All(List.of(is("a", new Whole(1))))),
                filter(
                        "{'or': [{'a': 1}, {'not': {'b': 2}}]}",
                        new Any(List.of(is("a", new Whole(1)), new Not(is("b", new Whole(2)))))),
                filter("{'.and': 1}", is("and", new Whole(1))),
                filter("{'.or': {'in': [1]}}", is("or", new Whole(1))),
                filter("{'.not': {'gt': 1}}", numbers("not", end(1, false), null)),
                filter("{'..x': 1}", is(".x", new Whole(1))),
                filter("{'.lang': 'java'}", is("lang", new Text("java"))),
                filter("{'And': 1}", is("And", new Whole(1))),
                filter("{'': 1}", is("", new Whole(1))),
                filter("{'n': {'gte': 1, 'lt': 5}}", numbers("n", end(1, true), end(5, false))),
                filter("{'n': {'lte': 5, 'gt': 1}}", numbers("n", end(1, false), end(5, true))),
                filter("{'n': {'lt': 1}}", numbers("n", null, end(1, false))),
                filter("{'n': {'gt': 5, 'lt': 1}}", numbers("n", end(5, false), end(1, false))));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void read_aFilter_isWhatItSays(String json, Filter filter) {
        assertThat(read(json)).isEqualTo(filter);
    }

    @ParameterizedTest
    @CsvSource({
        "gte, 2026-03-01, 2026-03-01T00:00:00Z,",
        "gt, 2026-03-01, 2026-03-02T00:00:00Z,",
        "lt, 2026-03-01, , 2026-03-01T00:00:00Z",
        "lte, 2026-03-01, , 2026-03-02T00:00:00Z",
        "gte, 2026-03-01T10:20Z, 2026-03-01T10:20:00Z,",
        "gt, 2026-03-01T10:20:30Z, 2026-03-01T10:20:30.000001Z,",
        "lt, 2026-03-01T01:00:00+02:00, , 2026-02-28T23:00:00Z",
        "lte, 2026-03-01T10:20:30.1234567Z, , 2026-03-01T10:20:30.123457Z",
        "gte, 1969-12-31T23:59:59.9999999Z, 1969-12-31T23:59:59.999999Z,"
    })
    void read_aDate_coversItsDay(
            String operator, String date, @Nullable Instant from, @Nullable Instant until) {
        assertThat(read("{'d': {'%s': '%s'}}".formatted(operator, date)))
                .isEqualTo(new DateRange("d", from, until));
    }

    @Test
    void read_nothing_isNoFilter() {
        assertThat(FilterReader.read(reader.filter("null"))).isNull();
        assertThat(FilterReader.read(null)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | filter | got an array, expected an object such as",
                "'a' | filter | got a string, expected an object",
                "5 | filter | got a number, expected an object",
                "true | filter | got a boolean, expected an object",
                "{'a': null} | filter.a | got null, expected a string, a number, a boolean or",
                "{'a': []} | filter.a | got an array, expected a string",
                "{'a': {'in': 1}} | filter.a.in | got a number, expected a list of values",
                "{'a': {'in': {}}} | filter.a.in | got an object, expected a list of values",
                "{'a': {'in': [1, null]}} | filter.a.in[1] | got null, expected a string",
                "{'a': {'in': [[1]]}} | filter.a.in[0] | got an array, expected a string",
                "{'a': {'in': [1], 'gt': 2}} | filter.a | got in and others, expected in alone",
                "{'a': {'eq': 1}} | filter.a.eq | unknown operator; known are in, gt, gte, lt, lte",
                "{'a': {'b': {'c': 1}}} | filter.a.b | is written \"outer.inner\"",
                "{'a': {'gt': true}} | filter.a.gt | got a boolean, expected a number or an ISO",
                "{'a': {'gt': null}} | filter.a.gt | got null, expected a number",
                "{'a': {'gt': [1]}} | filter.a.gt | got an array, expected a number",
                "{'a': {'gt': 1, 'gte': 2}} | filter.a | got gt and gte, expected one of them",
                "{'a': {'lt': 1, 'lte': 2}} | filter.a | got lt and lte, expected one of them",
                "{'a': {'gt': 1, 'lt': '2026-01-01'}} | filter.a | got a number and a date",
                "{'and': {'a': 1}} | filter.and | got an object, expected a list of filters",
                "{'or': 'a'} | filter.or | got a string, expected a list of filters",
                "{'or': [{'a': 1}, 2]} | filter.or[1] | got a number, expected an object",
                "{'not': [{'a': 1}]} | filter.not | got an array, expected an object",
                "{'not': {'and': [{'x': {'gt': []}}]}} | filter.not.and[0].x.gt | got an array",
                "{'a': '\\ud800'} | filter.a | half of a surrogate pair",
                "{'\\udc00': 1} | filter.\ufffd | half of a surrogate pair"
            })
    void read_aWrongType_isMalformed(String json, String at, String detail) {
        check(json, Kind.MALFORMED, at, detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | filter | got an empty object, expected an object such as",
                "{'a': {}} | filter.a | got an empty object, expected a value or an object of in",
                "{'a': {'in': []}} | filter.a.in | got an empty list, expected at least one",
                "{'and': []} | filter.and | got an empty list, expected at least one",
                "{'or': [{}]} | filter.or[0] | got an empty object",
                "{'not': {}} | filter.not | got an empty object",
                "{'a': 1e400} | filter.a | got a number that is too large",
                "{'a': {'lt': -1e400}} | filter.a.lt | got a number that is too large",
                "{'a': {'gt': 'b'}} | filter.a.gt | got \"b\", expected a number or an ISO 8601",
                "{'a': {'gt': '2026'}} | filter.a.gt | got \"2026\", expected",
                "{'a': {'gt': '2026-02-30'}} | filter.a.gt | got \"2026-02-30\", expected",
                "{'a': {'gt': '2026-02-03T10:20:30'}} | filter.a.gt | expected a number or an ISO"
            })
    void read_aBadValue_isOutOfBounds(String json, String at, String detail) {
        check(json, Kind.OUT_OF_BOUNDS, at, detail);
    }

    @Test
    void read_asDeepAsAllowed_isRead() {
        assertThat(read(nots(DEEPEST - 1))).isInstanceOf(Not.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {DEEPEST, 20, 300})
    void read_deeper_isRefused(int depth) {
        check(
                nots(depth),
                Kind.OUT_OF_BOUNDS,
                "filter" + ".not".repeat(DEEPEST),
                "stands 9 filters deep, expected at most 8");
    }

    @Test
    void read_asManyValuesAsAllowed_isRead() {
        assertThat(read("{'a': {'in': [%s]}}".formatted(numbers(MOST_VALUES)))).isNotNull();
    }

    @Test
    void read_moreValues_isRefused() {
        String range = "{'a': {'gt': 1, 'lt': 2}}, ".repeat(2);

        check(
                "{'a': {'in': [%s]}}".formatted(numbers(MOST_VALUES + 1)),
                Kind.OUT_OF_BOUNDS,
                "filter.a.in[1024]",
                "expected at most 1024 in all");
        check(
                "{'or': [%s {'b': {'in': [%s]}}]}".formatted(range, numbers(MOST_VALUES - 3)),
                Kind.OUT_OF_BOUNDS,
                "filter.or[2].b.in[1020]",
                "is one value too many");
    }

    @Test
    void read_aLongName_isCutInTheMessage() {
        String name = "\ud83d\ude80".repeat(1_000);

        check(
                "{'%s': []}".formatted(name),
                Kind.MALFORMED,
                "filter." + "\ud83d\ude80".repeat(60) + "...",
                "got an array");
    }

    @Test
    void filter_brokenJson_saysWhatAFilterIs() {
        for (String json : List.of("{", "{'a': }", "{'a': 1} x", "lang=java", "{'a': 1, 'a': 2}")) {
            var refused =
                    catchThrowableOfType(
                            InvalidRequestException.class,
                            () -> reader.filter(json.replace('\'', '"')));

            assertThat(refused.violations().getFirst().field()).isEqualTo("filter");
            assertThat(refused).hasMessageContaining("filter: not JSON: ");
            assertThat(refused).hasMessageContaining("expected an object such as");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void filter_beyondTheReadersDepth_isRefused(String open) {
        var refused =
                catchThrowableOfType(
                        InvalidRequestException.class, () -> reader.filter(open.repeat(5_000)));

        assertThat(refused).hasMessageStartingWith("filter: cannot be read: it is too deep");
    }

    private void check(String json, Kind kind, String at, String detail) {
        var refused = catchThrowableOfType(InvalidRequestException.class, () -> read(json));

        assertThat(refused.kind()).as(json).isEqualTo(kind);
        assertThat(refused.violations()).as(json).hasSize(1);
        assertThat(refused.violations().getFirst().field()).as(json).isEqualTo(at);
        assertThat(refused.violations().getFirst().detail()).as(json).contains(detail);
    }

    private @Nullable Filter read(String json) {
        return FilterReader.read(reader.filter(json.replace('\'', '"')));
    }

    private static String nots(int count) {
        return "{'not': ".repeat(count) + "{'a': 1}" + "}".repeat(count);
    }

    private static String numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }

    private static Arguments filter(String json, Filter filter) {
        return Arguments.of(json, filter);
    }

    private static Filter is(String field, MetadataValue... values) {
        return new OneOf(field, List.of(values));
    }

    private static Filter numbers(String field, @Nullable End lower, @Nullable End upper) {
        return new NumberRange(field, lower, upper);
    }

    private static End end(long value, boolean inclusive) {
        return new End(new Whole(value), inclusive);
    }
}
