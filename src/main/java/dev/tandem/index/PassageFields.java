package dev.tandem.index;

/** Field names of the passage store; document number = ordinal. */
final class PassageFields {

    static final String ID = "id";
    static final String TITLE = "title";
    static final String TEXT = "text";

    /** All further fields of the input, as one JSON object. */
    static final String METADATA = "metadata";

    /** Doc value: token ids by {@link TokenCodec}, readable without touching the text. */
    static final String TOKENS = "tokens";

    /** Doc value: the passage's ordinal, so that a mixed-up order can be seen. */
    static final String ORDINAL = "ordinal";

    private PassageFields() {}
}
