package dev.tandem.bench;

import dev.tandem.model.Deadline;
import dev.tandem.rerank.Convergence;
import dev.tandem.rerank.OnnxCrossEncoder;
import dev.tandem.rerank.Outcome;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.PassageCut;
import dev.tandem.rerank.PassageTokens;
import dev.tandem.rerank.RerankTask;
import dev.tandem.rerank.Reranker;

import java.time.temporal.ChronoUnit;
import java.util.List;

/** Stage 2 as the search engine has it, without a deadline: one pair a run, one run a core. */
final class TandemScorer implements PairScorer {

    private final String name;
    private final OnnxCrossEncoder model;
    private final QueryPairs pairs;
    private final PassageTokens tokens;
    private final Reranker reranker;

    private TandemScorer(
            String name, OnnxCrossEncoder model, QueryPairs pairs, PassageTokens tokens) {
        this.name = name;
        this.model = model;
        this.pairs = pairs;
        this.tokens = tokens;
        reranker = new Reranker(model, model.tokenizer(), model.concurrency());
    }

    /** Tokenizes the passages. */
    static TandemScorer ofTexts(OnnxCrossEncoder model, QueryPairs pairs) {
        List<String> texts = pairs.passages();
        return new TandemScorer(
                "tandem", model, pairs, index -> model.tokenizer().storableIds(texts.get(index)));
    }

    /** Has the passages' token ids, as an index has them. */
    static TandemScorer ofStored(OnnxCrossEncoder model, QueryPairs pairs) {
        List<int[]> stored = pairs.passages().stream().map(model.tokenizer()::storableIds).toList();
        return new TandemScorer("tandem-stored", model, pairs, stored::get);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ScoredPairs score() {
        var task =
                new RerankTask(
                        model.tokenizer().ids(pairs.query()),
                        pairs.count(),
                        tokens,
                        PassageCut.HEAD,
                        Convergence.NEVER);
        var never = Deadline.after(ChronoUnit.FOREVER.getDuration());
        var reranking = reranker.rerank(task, never).await().indefinitely();
        var work = reranking.work();
        return ScoredPairs.of(
                reranking.outcomes().stream().mapToDouble(TandemScorer::logit).toArray(),
                new TokenCount(work.tokens(), work.paddedTokens()));
    }

    @Override
    public void close() {
        reranker.close();
    }

    private static double logit(Outcome outcome) {
        if (outcome instanceof Scored scored) {
            return scored.logit();
        }
        throw new IllegalStateException("Not scored: " + outcome);
    }
}
