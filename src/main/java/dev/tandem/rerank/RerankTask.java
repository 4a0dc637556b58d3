package dev.tandem.rerank;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is to be scored. A class and not a record: the query is an array, shared with the caller and
 * never changed.
 */
public final class RerankTask {

    private final long[] query;
    private final int count;
    private final PassageTokens tokens;
    private final PassageCut cut;
    private final Convergence convergence;
    private final @Nullable Texts texts;
    private final @Nullable Preference preference;

    /**
     * The same as text, for a model elsewhere.
     *
     * @param query the text of the task's query, not cut
     * @param passages full texts by their place; may be slow, and is asked on threads of its own
     * @param top how many will be in the answer
     */
    public record Texts(String query, IntFunction<String> passages, int top) {}

    /**
     * @param query token ids, at most {@link dev.tandem.onnx.TextTokenizer#maxQueryTokens()}
     * @param count passages, the most promising first
     * @param tokens of the passages, by their place in this order
     * @param cut which parts of a passage are read
     * @param convergence when scoring may end early
     */
    public RerankTask(
            long[] query,
            int count,
            PassageTokens tokens,
            PassageCut cut,
            Convergence convergence) {
        this(query, count, tokens, cut, convergence, null, null);
    }

    private RerankTask(
            long[] query,
            int count,
            PassageTokens tokens,
            PassageCut cut,
            Convergence convergence,
            @Nullable Texts texts,
            @Nullable Preference preference) {
        this.query = query;
        this.count = count;
        this.tokens = tokens;
        this.cut = cut;
        this.convergence = convergence;
        this.texts = texts;
        this.preference = preference;
    }

    /** The same task, which a remote may help with. */
    public RerankTask with(Texts its) {
        return new RerankTask(query, count, tokens, cut, convergence, its, preference);
    }

    /** The same task, before which a small cross-encoder may read. */
    public RerankTask with(Preference its) {
        return new RerankTask(query, count, tokens, cut, convergence, texts, its);
    }

    long[] query() {
        return query;
    }

    int count() {
        return count;
    }

    PassageTokens tokens() {
        return tokens;
    }

    PassageCut cut() {
        return cut;
    }

    Convergence convergence() {
        return convergence;
    }

    /** Null if only this process may score it. */
    @Nullable Texts texts() {
        return texts;
    }

    /** Null if no other cross-encoder may read before. */
    @Nullable Preference preference() {
        return preference;
    }
}
