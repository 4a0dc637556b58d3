package dev.tandem.index;

/** Field names of the passage store; document number = ordinal. */
final class PassageFields {

    /** Stored, and a {@link Keyword}. */
    static final String ID = "id";

    static final String TITLE = "title";
    static final String TEXT = "text";

    /**
     * All further fields of the input, as one JSON object; the fields by which passages are
     * filtered are named by {@link MetadataKind}.
     */
    static final String METADATA = "metadata";

    /** {@link PassageChecksum} of all that is stored of the passage. */
    static final String CHECKSUM = "crc32c";

    /**
     * Doc value: token ids by {@link TokenCodec}, readable without touching the text, and their
     * {@link PassageChecksum}.
     */
    static final String TOKENS = "tokens";

    /** Doc value: the passage's ordinal, so that a mixed-up order can be seen. */
    static final String ORDINAL = "ordinal";

    private PassageFields() {}
}
