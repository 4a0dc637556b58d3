package dev.tandem.rerank;

/** Where the token ids of passages come from. Thread-safe. */
@FunctionalInterface
public interface PassageTokens {

    /**
     * @param index place in the order in which they are scored, 0-based
     * @return token ids of the passage's full text by the cross-encoder's tokenizer, no special
     *     tokens
     */
    int[] tokenIds(int index);
}
