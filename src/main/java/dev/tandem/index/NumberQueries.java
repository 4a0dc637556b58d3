package dev.tandem.index;

import dev.tandem.model.Filter.End;
import dev.tandem.model.Filter.NumberRange;
import dev.tandem.model.MetadataValue.Fraction;
import dev.tandem.model.MetadataValue.Whole;
import java.util.OptionalLong;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * A range of numbers as two ranges of points. Every number lies in one of the two fields: whole
 * ones of 64 bits among the longs, exactly, and all others among the doubles. So no double there is
 * equal to a whole number that an end can be.
 */
final class NumberQueries {

    private static final double BEYOND_LONG = 0x1p63;

    private NumberQueries() {}

    static Query longs(NumberRange range) {
        OptionalLong lowest = lowest(range.lower());
        OptionalLong highest = highest(range.upper());
        return lowest.isEmpty() || highest.isEmpty()
                ? new MatchNoDocsQuery()
                : longs(
                        MetadataKind.LONG.field(range.field()),
                        lowest.getAsLong(),
                        highest.getAsLong());
    }

    /** From one to the other, both included; nothing if they are crossed. */
    static Query longs(String field, long lowest, long highest) {
        return lowest > highest
                ? new MatchNoDocsQuery()
                : LongPoint.newRangeQuery(field, lowest, highest);
    }

    static Query doubles(NumberRange range) {
        double lowest = lowestDouble(range.lower());
        double highest = highestDouble(range.upper());
        return lowest > highest
                ? new MatchNoDocsQuery()
                : DoublePoint.newRangeQuery(
                        MetadataKind.DOUBLE.field(range.field()), lowest, highest);
    }

    /** Casts of doubles stop at the ends of a long. */
    private static OptionalLong lowest(@Nullable End lower) {
        return switch (lower) {
            case null -> OptionalLong.of(Long.MIN_VALUE);
            case End(Whole(long value), boolean inclusive) when inclusive -> OptionalLong.of(value);
            case End(Whole(long value), _) ->
                    value == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(value + 1);
            case End(Fraction(double value), _) ->
                    value >= BEYOND_LONG
                            ? OptionalLong.empty()
                            : OptionalLong.of((long) Math.ceil(value));
        };
    }

    private static OptionalLong highest(@Nullable End upper) {
        return switch (upper) {
            case null -> OptionalLong.of(Long.MAX_VALUE);
            case End(Whole(long value), boolean inclusive) when inclusive -> OptionalLong.of(value);
            case End(Whole(long value), _) ->
                    value == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(value - 1);
            case End(Fraction(double value), _) ->
                    value < -BEYOND_LONG
                            ? OptionalLong.empty()
                            : OptionalLong.of((long) Math.floor(value));
        };
    }

    private static double lowestDouble(@Nullable End lower) {
        return switch (lower) {
            case null -> Double.NEGATIVE_INFINITY;
            case End(Whole(long value), _) -> value;
            case End(Fraction(double value), boolean inclusive) ->
                    inclusive ? value : Math.nextUp(value);
        };
    }

    private static double highestDouble(@Nullable End upper) {
        return switch (upper) {
            case null -> Double.POSITIVE_INFINITY;
            // The largest longs round up to 2^63, which is no long and above them.
            case End(Whole(long value), _) -> Math.nextDown((double) value);
            case End(Fraction(double value), boolean inclusive) ->
                    inclusive ? value : Math.nextDown(value);
        };
    }
}
