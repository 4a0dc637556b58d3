package dev.tandem.rerank;

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
        this.query = query;
        this.count = count;
        this.tokens = tokens;
        this.cut = cut;
        this.convergence = convergence;
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
}
