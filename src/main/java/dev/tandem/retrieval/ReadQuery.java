package dev.tandem.retrieval;

import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.model.QueryTokens;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.LongQuery;
import java.util.Arrays;

/**
 * A query as the cross-encoder reads it. A class and not a record: its tokens are an array, shared
 * and never changed.
 */
final class ReadQuery {

    private final long[] tokens;
    private final int tokensIn;

    private ReadQuery(long[] tokens, int tokensIn) {
        this.tokens = tokens;
        this.tokensIn = tokensIn;
    }

    /**
     * @throws InvalidRequestException if the query is longer than the cross-encoder can read, and
     *     such are refused
     */
    static ReadQuery of(String text, TextTokenizer tokenizer, LongQuery longQuery) {
        long[] tokens = tokenizer.ids(text);
        int most = tokenizer.maxQueryTokens();
        if (tokens.length > most && longQuery == LongQuery.REFUSE) {
            throw new InvalidRequestException(
                    Kind.TOO_LARGE,
                    "query",
                    "got %d tokens, expected at most %d: the cross-encoder reads the query and the passage together. Shorten the query, or set tandem.rerank.long-query=cut."
                            .formatted(tokens.length, most));
        }
        return new ReadQuery(Arrays.copyOf(tokens, Math.min(tokens.length, most)), tokens.length);
    }

    long[] tokens() {
        return tokens;
    }

    /** Whether nothing was cut off. */
    boolean isWhole() {
        return tokensIn == tokens.length;
    }

    /** How much of it is read. */
    QueryTokens used() {
        return new QueryTokens(tokensIn, tokens.length);
    }
}
