package dev.tandem.index;

import dev.tandem.model.IndexException;
import dev.tandem.model.MetadataValue;
import dev.tandem.model.MetadataValue.Flag;
import dev.tandem.model.MetadataValue.Fraction;
import dev.tandem.model.MetadataValue.Numeric;
import dev.tandem.model.MetadataValue.Text;
import dev.tandem.model.MetadataValue.Whole;
import dev.tandem.model.TimeSpan;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StringField;

/** Turns metadata into the Lucene fields by which passages are filtered. */
final class MetadataIndexing {

    // Each path costs some kB of memory at open, and time at a cold start.
    static final int MOST_PATHS = 10_000;

    private final Set<String> paths = new HashSet<>();

    /**
     * Adds a field for each value: objects are walked into, lists give a value for each element,
     * null gives none.
     *
     * @throws IndexException if the passages so far have too many paths between them
     */
    void add(Map<?, ?> metadata, Document document) {
        metadata.forEach((name, value) -> add(String.valueOf(name), value, document));
    }

    private void add(String path, Object value, Document document) {
        switch (value) {
            case null -> {}
            case Map<?, ?> object ->
                    object.forEach((name, inner) -> add(path + "." + name, inner, document));
            case Collection<?> list -> list.forEach(element -> add(path, element, document));
            case String string -> addValue(path, new Text(string), document);
            case Boolean flag -> addValue(path, new Flag(flag), document);
            case Number number -> Numeric.of(number).ifPresent(it -> addValue(path, it, document));
            default -> {}
        }
    }

    private void addValue(String path, MetadataValue value, Document document) {
        checkPaths(path);
        switch (value) {
            case Text(String string) -> addString(path, string, document);
            case Flag(boolean flag) ->
                    document.add(
                            new StringField(
                                    MetadataKind.BOOLEAN.field(path),
                                    Boolean.toString(flag),
                                    Field.Store.NO));
            case Whole(long whole) ->
                    document.add(new LongPoint(MetadataKind.LONG.field(path), whole));
            case Fraction(double fraction) ->
                    document.add(new DoublePoint(MetadataKind.DOUBLE.field(path), fraction));
        }
    }

    private static void addString(String path, String string, Document document) {
        document.add(
                new StringField(
                        MetadataKind.STRING.field(path), Keyword.term(string), Field.Store.NO));
        TimeSpan.parse(string)
                .ifPresent(
                        span ->
                                document.add(
                                        new LongPoint(
                                                MetadataKind.DATE.field(path),
                                                micros(span.from()))));
    }

    /** Microseconds since 1970; four-digit years fit in many times over. */
    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private void checkPaths(String path) {
        paths.add(path);
        if (paths.size() > MOST_PATHS) {
            throw new IndexException(
                    "The metadata has more than %d different fields; \"%.60s\" is one too many. Put what differs from passage to passage into values, not names."
                            .formatted(MOST_PATHS, path));
        }
    }
}
