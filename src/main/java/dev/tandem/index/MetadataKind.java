package dev.tandem.index;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;

/**
 * The kinds of Lucene field that hold metadata, {@code metadata.<kind>.<path>}. Which paths have
 * which types is read from these names, which Lucene loads at open anyway.
 */
enum MetadataKind {
    /** {@link Keyword}s. */
    STRING(MetadataType.STRING),
    /** Terms {@code true} and {@code false}. */
    BOOLEAN(MetadataType.BOOLEAN),
    /** Points: whole numbers of 64 bits. */
    LONG(MetadataType.NUMBER),
    /** Points: all other numbers. */
    DOUBLE(MetadataType.NUMBER),
    /** Points: microseconds since 1970 in UTC, of the first instant. */
    DATE(MetadataType.DATE);

    private final MetadataType type;
    private final String prefix;

    MetadataKind(MetadataType type) {
        this.type = type;
        prefix = PassageFields.METADATA + "." + name().toLowerCase(Locale.ROOT) + ".";
    }

    /** Name of the Lucene field for a path. */
    String field(String path) {
        return prefix + path;
    }

    /** The paths with values, sorted, and the types of their values. */
    static SortedMap<String, Set<MetadataType>> types(FieldInfos infos) {
        SortedMap<String, Set<MetadataType>> types = new TreeMap<>();
        for (FieldInfo info : infos) {
            for (MetadataKind kind : values()) {
                if (info.name.startsWith(kind.prefix)) {
                    types.computeIfAbsent(
                                    info.name.substring(kind.prefix.length()),
                                    _ -> EnumSet.noneOf(MetadataType.class))
                            .add(kind.type);
                }
            }
        }
        return Collections.unmodifiableSortedMap(types);
    }
}
