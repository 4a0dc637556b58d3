package dev.tandem.bench;

import ai.onnxruntime.OrtException;

import java.io.IOException;
import java.util.List;

/** Batches in the order of arrival, each padded to its longest, on ONNX Runtime's defaults. */
final class FifoScorer implements PairScorer {

    private static final int BATCH = 32;

    private final QueryPairs pairs;
    private final List<String> passages;
    private final PeerTokenizer tokenizer;
    private final BareSession session;

    FifoScorer(LongModel model, QueryPairs pairs) throws IOException, OrtException {
        this.pairs = pairs;
        passages = pairs.passages();
        tokenizer = PeerTokenizer.open(model);
        session = BareSession.open(model.graph(), BareSession.defaults());
    }

    @Override
    public String name() {
        return "fifo-" + BATCH;
    }

    @Override
    public ScoredPairs score() throws OrtException {
        double[] logits = new double[pairs.count()];
        TokenCount tokens = TokenCount.NONE;
        for (int from = 0; from < logits.length; from += BATCH) {
            int to = Math.min(from + BATCH, logits.length);
            try (var batch =
                    PairBatch.of(tokenizer.pairs(pairs.query(), passages.subList(from, to)))) {
                float[] its = session.run(batch);
                for (int i = 0; i < its.length; i++) {
                    logits[from + i] = its[i];
                }
                tokens = tokens.plus(batch.tokens());
            }
        }
        return ScoredPairs.of(logits, tokens);
    }

    @Override
    public void close() {
        session.close();
        tokenizer.close();
    }
}
