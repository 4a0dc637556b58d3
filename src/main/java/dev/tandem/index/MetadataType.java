package dev.tandem.index;

import java.util.Locale;

/** What a metadata field's values can be compared as. */
public enum MetadataType {
    STRING,
    BOOLEAN,
    NUMBER,
    /** A string that is an ISO 8601 date or instant, besides being a string. */
    DATE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
