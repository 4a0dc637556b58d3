package dev.tandem.index;

import dev.tandem.model.Filter;
import dev.tandem.model.Filter.All;
import dev.tandem.model.Filter.Any;
import dev.tandem.model.Filter.DateRange;
import dev.tandem.model.Filter.Not;
import dev.tandem.model.Filter.NumberRange;
import dev.tandem.model.Filter.OneOf;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.MetadataValue;
import dev.tandem.model.MetadataValue.Flag;
import dev.tandem.model.MetadataValue.Fraction;
import dev.tandem.model.MetadataValue.Numeric;
import dev.tandem.model.MetadataValue.Text;
import dev.tandem.model.MetadataValue.Whole;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/** Finds the passages of one segment that fit a filter. Thread-safe. */
final class MetadataSearch {

    /** Where the filter stands in a request. */
    private static final String FILTER = "filter";

    private static final int MOST_NAMES = 30;
    private static final int LONGEST_NAME = 60;

    private final LeafReaderContext segment;
    private final IndexSearcher searcher;
    private final SortedMap<String, Set<MetadataType>> types;

    MetadataSearch(LeafReaderContext segment) {
        this.segment = segment;
        searcher = new IndexSearcher(segment);
        // Lucene's own is one of 32 MB for the whole process: more than a small function has.
        searcher.setQueryCache(null);
        types = MetadataKind.types(segment.reader().getFieldInfos());
    }

    SortedMap<String, Set<MetadataType>> types() {
        return types;
    }

    /**
     * The ordinals that fit. Joined here and not by Lucene, whose boolean queries have a limit on
     * clauses of their own and cannot be all negative.
     */
    BitSet matching(Filter filter) throws IOException {
        return switch (filter) {
            case All(List<Filter> filters) -> all(filters);
            case Any(List<Filter> filters) -> any(filters);
            case Not(Filter negated) -> not(matching(negated));
            case OneOf(String field, List<MetadataValue> values) -> oneOf(field, values);
            case NumberRange range -> numbers(range);
            case DateRange range -> dates(range);
        };
    }

    /** Compares a filter's fields and types with what there is; reads nothing. */
    void check(Filter filter) {
        switch (filter) {
            case All(List<Filter> filters) -> filters.forEach(this::check);
            case Any(List<Filter> filters) -> filters.forEach(this::check);
            case Not(Filter negated) -> check(negated);
            case OneOf(String field, List<MetadataValue> values) ->
                    values.forEach(value -> checkType(field, type(value)));
            case NumberRange range -> checkType(range.field(), MetadataType.NUMBER);
            case DateRange range -> checkType(range.field(), MetadataType.DATE);
        }
    }

    /** The ordinal of the passage with this id, or -1. */
    int ordinal(String id) throws IOException {
        var found = new BitSet();
        collect(new TermQuery(new Term(PassageFields.ID, Keyword.term(id))), found);
        return found.nextSetBit(0);
    }

    private BitSet all(List<Filter> filters) throws IOException {
        BitSet all = matching(filters.getFirst());
        for (Filter filter : filters.subList(1, filters.size())) {
            all.and(matching(filter));
        }
        return all;
    }

    private BitSet any(List<Filter> filters) throws IOException {
        var any = new BitSet();
        for (Filter filter : filters) {
            any.or(matching(filter));
        }
        return any;
    }

    private BitSet not(BitSet negated) {
        negated.flip(0, segment.reader().maxDoc());
        return negated;
    }

    private BitSet oneOf(String field, List<MetadataValue> values) throws IOException {
        List<BytesRef> strings = new ArrayList<>();
        List<BytesRef> flags = new ArrayList<>();
        List<Long> wholes = new ArrayList<>();
        List<Double> fractions = new ArrayList<>();
        for (MetadataValue value : values) {
            checkType(field, type(value));
            switch (value) {
                case Text(String string) -> strings.add(Keyword.term(string));
                case Flag(boolean flag) -> flags.add(new BytesRef(Boolean.toString(flag)));
                case Whole(long whole) -> wholes.add(whole);
                case Fraction(double fraction) -> fractions.add(fraction);
            }
        }
        var fit = new BitSet();
        collect(new TermInSetQuery(MetadataKind.STRING.field(field), strings), fit);
        collect(new TermInSetQuery(MetadataKind.BOOLEAN.field(field), flags), fit);
        collect(LongPoint.newSetQuery(MetadataKind.LONG.field(field), wholes), fit);
        collect(DoublePoint.newSetQuery(MetadataKind.DOUBLE.field(field), fractions), fit);
        return fit;
    }

    private BitSet numbers(NumberRange range) throws IOException {
        checkType(range.field(), MetadataType.NUMBER);
        var fit = new BitSet();
        collect(NumberQueries.longs(range), fit);
        collect(NumberQueries.doubles(range), fit);
        return fit;
    }

    private BitSet dates(DateRange range) throws IOException {
        checkType(range.field(), MetadataType.DATE);
        Instant from = range.from();
        Instant until = range.until();
        var fit = new BitSet();
        collect(
                NumberQueries.longs(
                        MetadataKind.DATE.field(range.field()),
                        from == null ? Long.MIN_VALUE : MetadataIndexing.micros(from),
                        until == null ? Long.MAX_VALUE : MetadataIndexing.micros(until) - 1),
                fit);
        return fit;
    }

    private void collect(Query query, BitSet fit) throws IOException {
        Scorer found =
                searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1)
                        .scorer(segment);
        if (found == null) {
            return;
        }
        DocIdSetIterator ordinals = found.iterator();
        for (int ordinal = ordinals.nextDoc();
                ordinal != DocIdSetIterator.NO_MORE_DOCS;
                ordinal = ordinals.nextDoc()) {
            fit.set(Objects.checkIndex(ordinal, segment.reader().maxDoc()));
        }
    }

    private void checkType(String field, MetadataType wanted) {
        Set<MetadataType> known = types.get(field);
        if (known == null) {
            throw refused("no passage has the field \"%s\"; %s".formatted(shown(field), known()));
        }
        if (!known.contains(wanted)) {
            throw refused(
                    "got a %s for \"%s\", expected a %s: that is what its values are"
                            .formatted(wanted, shown(field), joined(known)));
        }
    }

    private String known() {
        if (types.isEmpty()) {
            return "the passages of this index have no metadata";
        }
        String names =
                types.keySet().stream()
                        .limit(MOST_NAMES)
                        .map(MetadataSearch::shown)
                        .collect(Collectors.joining(", "));
        int more = types.size() - MOST_NAMES;
        return "known are " + names + (more > 0 ? " and %d more".formatted(more) : "");
    }

    private static String joined(Set<MetadataType> known) {
        return known.stream().map(MetadataType::toString).collect(Collectors.joining(" or a "));
    }

    private static InvalidRequestException refused(String detail) {
        return new InvalidRequestException(Kind.OUT_OF_BOUNDS, FILTER, detail);
    }

    private static MetadataType type(MetadataValue value) {
        return switch (value) {
            case Text _ -> MetadataType.STRING;
            case Flag _ -> MetadataType.BOOLEAN;
            case Numeric _ -> MetadataType.NUMBER;
        };
    }

    /** Names of fields are the corpus' own, of any length. */
    private static String shown(String name) {
        return name.codePointCount(0, name.length()) <= LONGEST_NAME
                ? name
                : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME)) + "...";
    }
}
