package dev.tandem.rerank;

/** Where the token ids of passages come from. Thread-safe. */
@FunctionalInterface
public interface PassageTokens {

    /** Token ids of the passage's full text by the cross-encoder's tokenizer, no special tokens. */
    int[] tokenIds(int ordinal);
}
