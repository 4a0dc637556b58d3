package dev.tandem.model;

import dev.tandem.model.MetadataValue.Numeric;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which passages may be found, by their metadata. A field is the path of its names, joined by dots.
 * Where a passage has a list, one value that fits is enough; a passage without the field does not
 * fit.
 */
public sealed interface Filter {

    /** Passages that fit every filter; at least one. */
    record All(List<Filter> filters) implements Filter {
        public All {
            filters = List.copyOf(filters);
        }
    }

    /** Passages that fit one filter or more; at least one. */
    record Any(List<Filter> filters) implements Filter {
        public Any {
            filters = List.copyOf(filters);
        }
    }

    /** Passages that do not fit, those without the field among them. */
    record Not(Filter filter) implements Filter {}

    /** Passages that have one of these values; at least one. */
    record OneOf(String field, List<MetadataValue> values) implements Filter {
        public OneOf {
            values = List.copyOf(values);
        }
    }

    /** Passages that have a number between two ends; null for no end. */
    record NumberRange(String field, @Nullable End lower, @Nullable End upper) implements Filter {}

    /** One end of a range of numbers. */
    record End(Numeric number, boolean inclusive) {}

    /**
     * Passages that have a date from an instant on and before another, in whole microseconds; null
     * for no end. A date of the metadata is its first instant in UTC.
     */
    record DateRange(String field, @Nullable Instant from, @Nullable Instant until)
            implements Filter {}
}
