package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.model.Filter;
import dev.tandem.model.Filter.All;
import dev.tandem.model.Filter.Any;
import dev.tandem.model.Filter.DateRange;
import dev.tandem.model.Filter.End;
import dev.tandem.model.Filter.Not;
import dev.tandem.model.Filter.NumberRange;
import dev.tandem.model.Filter.OneOf;
import dev.tandem.model.IndexException;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.MetadataValue;
import dev.tandem.model.MetadataValue.Flag;
import dev.tandem.model.MetadataValue.Numeric;
import dev.tandem.model.MetadataValue.Text;
import dev.tandem.model.MetadataValue.Whole;
import dev.tandem.model.Passage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Lucene answers, beside what the metadata says. */
class MetadataSearchTest {
    private static final long BEYOND_DOUBLE = 9_007_199_254_740_993L;
    private static final BigInteger BEYOND_LONG = BigInteger.TWO.pow(63);

    @TempDir private Path folder;

    @Test
    void matching_aString_isComparedWhole() {
        String longest = "x".repeat(40_000);
        try (var store = store("a", "A", "a b", "", longest, longest + "y", "größe 🚀")) {
            assertThat(matching(store, is("a"))).containsExactly(0);
            assertThat(matching(store, is("a b"))).containsExactly(2);
            assertThat(matching(store, is(""))).containsExactly(3);
            assertThat(matching(store, is(longest))).containsExactly(4);
            assertThat(matching(store, is("größe 🚀"))).containsExactly(6);
            assertThat(matching(store, is("b"))).isEmpty();
            assertThat(matching(store, is("a", "A", "b"))).containsExactly(0, 1);
            assertThat(matching(store, new Not(is("a")))).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void matching_numbers_areComparedByValue() {
        try (var store = store(2, 2.0, 2L, 2.5, BigInteger.TWO, "2", true)) {
            assertThat(matching(store, is(2))).containsExactly(0, 1, 2, 4);
            assertThat(matching(store, is(2.0))).containsExactly(0, 1, 2, 4);
            assertThat(matching(store, is(2.5))).containsExactly(3);
            assertThat(matching(store, is("2"))).containsExactly(5);
            assertThat(matching(store, is(true))).containsExactly(6);
            assertThat(matching(store, is(false))).isEmpty();
            assertThat(matching(store, is(2.5, "2", true))).containsExactly(3, 5, 6);
            assertThat(matching(store, range(at(2), below(2.5)))).containsExactly(0, 1, 2, 4);
        }
    }

    @Test
    void matching_largeWholeNumbers_keepTheirLastDigit() {
        try (var store =
                store(
                        BEYOND_DOUBLE - 1,
                        BEYOND_DOUBLE,
                        BEYOND_DOUBLE + 1,
                        Long.MAX_VALUE - 1,
                        Long.MAX_VALUE,
                        BEYOND_LONG,
                        Long.MIN_VALUE,
                        BEYOND_LONG.negate().subtract(BigInteger.valueOf(5_000)))) {
            assertThat(matching(store, is(BEYOND_DOUBLE))).containsExactly(1);
            assertThat(matching(store, range(above(BEYOND_DOUBLE), below(Long.MAX_VALUE))))
                    .containsExactly(2, 3);
            assertThat(matching(store, range(at(Long.MAX_VALUE), null))).containsExactly(4, 5);
            assertThat(matching(store, range(above(Long.MAX_VALUE), null))).containsExactly(5);
            assertThat(matching(store, range(at(BEYOND_LONG), null))).containsExactly(5);
            assertThat(matching(store, range(above(BEYOND_LONG), null))).isEmpty();
            assertThat(matching(store, range(at(BEYOND_DOUBLE), at(Long.MAX_VALUE))))
                    .containsExactly(1, 2, 3, 4);
            assertThat(matching(store, range(null, below(Long.MIN_VALUE)))).containsExactly(7);
            assertThat(matching(store, range(null, at(Long.MIN_VALUE)))).containsExactly(6, 7);
            assertThat(matching(store, range(null, at(-1e300)))).isEmpty();
            assertThat(matching(store, range(at(-1e300), at(1e300)))).hasSize(8);
        }
    }

    @Test
    void matching_anyRange_isWhatTheNumbersSay() {
        var random = new Random(7);
        List<Number> numbers = new ArrayList<>(List.of(0, -0.0, 0.1, 0.3, 1e-300, -1e300, 1e19));
        for (int i = 0; i < 300; i++) {
            numbers.add(number(random));
        }
        try (var store = store(numbers.toArray())) {
            for (int i = 0; i < 300; i++) {
                End lower = end(numbers, random);
                End upper = end(numbers, random);
                int[] expected =
                        IntStream.range(0, numbers.size())
                                .filter(n -> isAbove(numbers.get(n), lower))
                                .filter(n -> isBelow(numbers.get(n), upper))
                                .toArray();

                assertThat(matching(store, range(lower, upper)))
                        .as("%s to %s", lower, upper)
                        .containsExactly(expected);
            }
        }
    }

    @Test
    void matching_dates_areComparedInUtc() {
        try (var store =
                store(
                        "2026-03-01",
                        "2026-03-01T00:00:00Z",
                        "2026-03-01T23:30:00-02:00",
                        "2026-03-02",
                        "0001-01-01",
                        "9999-12-31",
                        "2026-02-30",
                        "soon",
                        2026)) {
            assertThat(matching(store, dates("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")))
                    .containsExactly(0, 1);
            assertThat(matching(store, dates("2026-03-01T00:00:00.000001Z", null)))
                    .containsExactly(2, 3, 5);
            assertThat(matching(store, dates(null, "1900-01-01T00:00:00Z"))).containsExactly(4);
            assertThat(matching(store, dates("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z")))
                    .isEmpty();
            assertThat(matching(store, is("2026-03-01"))).containsExactly(0);
        }
    }

    @Test
    void matching_lists_fitByAnyElement() {
        try (var store =
                store(
                        List.of("a", "b"),
                        List.of(1, 10),
                        List.of(List.of("b"), "c"),
                        List.of(),
                        Arrays.asList(null, "a"))) {
            assertThat(matching(store, is("a"))).containsExactly(0, 4);
            assertThat(matching(store, is("b", "c"))).containsExactly(0, 2);
            assertThat(matching(store, range(at(5), null))).containsExactly(1);
            assertThat(matching(store, range(at(2), at(9)))).as("no one element").isEmpty();
            assertThat(matching(store, new Not(is("a")))).containsExactly(1, 2, 3);
        }
    }

    @Test
    void matching_objects_areReachedByTheirPath() {
        Map<String, Object> deep = Map.of("deep", Map.of("er", "x"), "n", 1);
        var metadata = List.of(Map.of("v", deep), Map.of("v", List.of(deep)), Map.of("v.n", 1));
        try (var store = open(metadata)) {
            assertThat(store.fields().keySet()).containsExactly("v.deep.er", "v.n");
            assertThat(matching(store, new OneOf("v.deep.er", List.of(new Text("x")))))
                    .containsExactly(0, 1);
            assertThat(matching(store, new OneOf("v.n", List.of(new Whole(1)))))
                    .containsExactly(0, 1, 2);
        }
    }

    @Test
    void matching_anyCombination_isWhatItsPartsSay() {
        try (var store = store("a", "b", List.of("a", "b"), "c")) {
            Filter a = is("a");
            Filter b = is("b");
            assertThat(matching(store, new All(List.of(a, b)))).containsExactly(2);
            assertThat(matching(store, new Any(List.of(a, b)))).containsExactly(0, 1, 2);
            assertThat(matching(store, new Not(new Any(List.of(a, b))))).containsExactly(3);
            assertThat(matching(store, new All(List.of(new Not(a), new Not(b)))))
                    .containsExactly(3);
            assertThat(matching(store, new Not(new Not(a)))).containsExactly(0, 2);
        }
    }

    @Test
    void matching_moreConditionsThanLuceneAllows_areAnswered() {
        List<Filter> many = new ArrayList<>();
        IntStream.range(0, 1_024).forEach(i -> many.add(is(i)));
        List<MetadataValue> values = new ArrayList<>();
        IntStream.range(0, 1_024).forEach(i -> values.add(new Text("v" + i)));
        values.add(new Text("a"));
        try (var store = store(1_023, "a", 2_000)) {
            assertThat(matching(store, new Any(many))).containsExactly(0);
            assertThat(matching(store, new OneOf("v", values))).containsExactly(1);
        }
    }

    @Test
    void matching_aFieldThatNobodyHas_listsTheKnown() {
        Map<String, Object> many = new HashMap<>();
        IntStream.range(10, 50).forEach(i -> many.put("f" + i, i));
        try (var store = open(List.of(many, Map.of("n" + "a".repeat(90), 1)))) {
            assertThatThrownBy(() -> store.matching(is("x")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageStartingWith(
                            "filter: no passage has the field \"v\"; known are f10, f11, f12")
                    .hasMessageEndingWith("f38, f39 and 11 more");
            assertThatThrownBy(() -> store.matching(new All(List.of(of("f10", 10), is("x")))))
                    .isInstanceOf(InvalidRequestException.class);
        }
    }

    @Test
    void matching_aTypeThatNobodyHas_namesThoseOfTheField() {
        try (var store = open(List.of(Map.of("s", "a", "n", 1), Map.of("n", true)))) {
            assertThatThrownBy(() -> store.matching(new NumberRange("s", at(1), null)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage(
                            "filter: got a number for \"s\", expected a string: that is what its values are");
            assertThatThrownBy(() -> store.matching(new DateRange("s", Instant.EPOCH, null)))
                    .hasMessageContaining("got a date for \"s\", expected a string");
            assertThatThrownBy(() -> store.matching(of("n", "a")))
                    .hasMessageContaining("got a string for \"n\", expected a boolean or a number");
        }
    }

    @Test
    void fields_ofAnIndex_haveAllTheirTypes() {
        var metadata =
                List.<Map<String, Object>>of(
                        Map.of("x", 1, "d", "2026-03-01"),
                        Map.of("x", "s", "b", true),
                        Map.of("x", 0.5, "none", List.of()));
        try (var store = open(metadata)) {
            assertThat(store.fields())
                    .containsExactly(
                            Map.entry("b", EnumSet.of(MetadataType.BOOLEAN)),
                            Map.entry("d", EnumSet.of(MetadataType.STRING, MetadataType.DATE)),
                            Map.entry("x", EnumSet.of(MetadataType.STRING, MetadataType.NUMBER)));
        }
    }

    @Test
    void matching_noMetadataAtAll_isSaid() {
        try (var store = open(List.of(Map.of(), Map.of()))) {
            assertThat(store.fields()).isEmpty();
            assertThat(store.passage(1).metadata()).isEmpty();
            assertThatThrownBy(() -> store.matching(is("a")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("the passages of this index have no metadata");
        }
    }

    @Test
    void ordinal_ofAnId_isFound() {
        String longest = "i".repeat(50_000);
        List<Passage> passages = new ArrayList<>();
        for (String id : List.of("a", "b c", longest, "7")) {
            passages.add(new Passage(id, "", "text", Map.of("id", "b c")));
        }
        try (var store = PassageStore.open(StoreFixture.write(folder, passages))) {
            assertThat(store.ordinal("b c")).hasValue(1);
            assertThat(store.ordinal(longest)).hasValue(2);
            assertThat(store.ordinal("7")).hasValue(3);
            assertThat(store.ordinal("i")).isEqualTo(OptionalInt.empty());
        }
    }

    @Test
    void add_tooManyFields_isRefused() {
        Map<String, Object> metadata = new HashMap<>();
        IntStream.rangeClosed(0, MetadataIndexing.MOST_PATHS)
                .forEach(i -> metadata.put("f" + i, i));

        assertThatThrownBy(() -> open(List.of(metadata)))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("more than 10000 different fields");
    }

    private PassageStore store(Object... values) {
        return open(Arrays.stream(values).map(value -> Map.of("v", value)).toList());
    }

    private PassageStore open(List<? extends Map<String, ? extends Object>> metadata) {
        List<Passage> passages = new ArrayList<>();
        for (Map<String, ? extends Object> fields : metadata) {
            passages.add(new Passage("p" + passages.size(), "", "text", Map.copyOf(fields)));
        }
        return PassageStore.open(StoreFixture.write(folder, passages));
    }

    private static int[] matching(PassageStore store, Filter filter) {
        BitSet ordinals = store.matching(filter);
        return ordinals.stream().toArray();
    }

    private static Filter is(Object... values) {
        return of("v", values);
    }

    private static Filter of(String field, Object... values) {
        return new OneOf(field, Arrays.stream(values).map(MetadataSearchTest::value).toList());
    }

    private static MetadataValue value(Object value) {
        return switch (value) {
            case String string -> new Text(string);
            case Boolean flag -> new Flag(flag);
            case Number number -> Numeric.of(number).orElseThrow();
            default -> throw new IllegalArgumentException(value.toString());
        };
    }

    private static Filter range(@Nullable End lower, @Nullable End upper) {
        return new NumberRange("v", lower, upper);
    }

    private static End at(Number number) {
        return new End(Numeric.of(number).orElseThrow(), true);
    }

    private static End above(Number number) {
        return new End(Numeric.of(number).orElseThrow(), false);
    }

    private static End below(Number number) {
        return above(number);
    }

    private static Filter dates(@Nullable String from, @Nullable String until) {
        return new DateRange(
                "v",
                from == null ? null : Instant.parse(from),
                until == null ? null : Instant.parse(until));
    }

    private static Number number(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(10);
            case 1 -> random.nextLong();
            case 2 -> random.nextInt(40) / 4.0;
            case 3 -> random.nextGaussian() * 1e19;
            default -> (1L << 53) + random.nextInt(8);
        };
    }

    private static End end(List<Number> numbers, Random random) {
        Number number =
                random.nextBoolean() ? numbers.get(random.nextInt(numbers.size())) : number(random);
        return random.nextBoolean() ? at(number) : above(number);
    }

    private static boolean isAbove(Number number, End lower) {
        int order = exact(number).compareTo(exact(lower));
        return lower.inclusive() ? order >= 0 : order > 0;
    }

    private static boolean isBelow(Number number, End upper) {
        int order = exact(number).compareTo(exact(upper));
        return upper.inclusive() ? order <= 0 : order < 0;
    }

    private static BigDecimal exact(End end) {
        return end.number() instanceof Whole(long whole)
                ? BigDecimal.valueOf(whole)
                : new BigDecimal(((MetadataValue.Fraction) end.number()).value());
    }

    private static BigDecimal exact(Number number) {
        return number instanceof Double fraction
                ? new BigDecimal(fraction)
                : new BigDecimal(number.toString());
    }
}
