package dev.tandem.rerank;

/** What becomes of a query that is longer than the cross-encoder reads beside a passage. */
public enum LongQuery {
    /** It is an error. */
    REFUSE,
    /** Its beginning is read, and the answer says so. */
    CUT
}
