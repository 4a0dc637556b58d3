package dev.tandem.bench;

import dev.tandem.model.Deadline;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.Convergence;
import dev.tandem.rerank.CostModel;
import dev.tandem.rerank.CrossEncoder;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.OnnxCrossEncoder;
import dev.tandem.rerank.Outcome;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.PassageCut;
import dev.tandem.rerank.PassageTokens;
import dev.tandem.rerank.RerankTask;
import dev.tandem.rerank.Reranker;
import dev.tandem.rerank.ScoreCache;

import java.time.temporal.ChronoUnit;
import java.util.List;

/** Stage 2 as the search engine has it, without a deadline: one pair a run, one run a core. */
final class TandemScorer implements PairScorer {

    private final String name;
    private final CrossEncoder model;
    private final QueryPairs pairs;
    private final PassageTokens tokens;
    private final DeadlineTimer timer = DeadlineTimer.start();
    private final Reranker reranker;

    private TandemScorer(String name, CrossEncoder model, int lanes, Pairs pairs) {
        this.name = name;
        this.model = model;
        this.pairs = pairs.pairs();
        tokens = pairs.tokens();
        reranker = new Reranker(model, ScoreCache.NONE, timer, lanes);
    }

    private record Pairs(QueryPairs pairs, PassageTokens tokens) {}

    /** Tokenizes the passages. */
    static TandemScorer ofTexts(OnnxCrossEncoder model, QueryPairs pairs) {
        List<String> texts = pairs.passages();
        PassageTokens tokens = index -> model.tokenizer().storableIds(texts.get(index));
        return new TandemScorer("tandem", model, model.concurrency(), new Pairs(pairs, tokens));
    }

    /** Has the passages' token ids, as an index has them. */
    static TandemScorer ofStored(String name, OnnxCrossEncoder model, QueryPairs pairs) {
        List<int[]> stored = pairs.passages().stream().map(model.tokenizer()::storableIds).toList();
        return new TandemScorer(name, model, model.concurrency(), new Pairs(pairs, stored::get));
    }

    /** Packs batches, as it does for devices that take them; one run a core here too. */
    static TandemScorer ofBatches(OnnxCrossEncoder model, QueryPairs pairs, int largestBatch) {
        List<int[]> stored = pairs.passages().stream().map(model.tokenizer()::storableIds).toList();
        return new TandemScorer(
                "tandem-batches",
                new Batching(model, largestBatch),
                model.concurrency(),
                new Pairs(pairs, stored::get));
    }

    /** The model as a device would be that takes batches. */
    private record Batching(OnnxCrossEncoder model, int largestBatch) implements CrossEncoder {

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            return model.logits(pairs, stop);
        }

        @Override
        public TextTokenizer tokenizer() {
            return model.tokenizer();
        }

        @Override
        public CostModel cost() {
            return model.cost();
        }

        @Override
        public int concurrency() {
            return model.concurrency();
        }

        @Override
        public String device() {
            return model.device();
        }

        @Override
        public String scores() {
            return model.scores();
        }
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
        timer.close();
    }

    private static double logit(Outcome outcome) {
        if (outcome instanceof Scored scored) {
            return scored.logit();
        }
        throw new IllegalStateException("Not scored: " + outcome);
    }
}
