package dev.tandem.bench;

import ai.onnxruntime.OrtException;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.scoring.onnx.OnnxScoringModel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * LangChain4j's scoring model: all pairs of a call in one run, padded to the longest. It runs on
 * Tandem's versions of ONNX Runtime and the tokenizer.
 */
final class LangChainScorer implements PairScorer {

    /** It takes two from the length it is given. */
    private static final int TAKEN_OFF = 2;

    /** [CLS] and two [SEP], which it does not count. */
    private static final int SPECIAL_TOKENS = 3;

    private final String name;
    private final QueryPairs pairs;
    private final List<TextSegment> passages;
    private final int slice;
    private final OnnxScoringModel model;

    /**
     * @param slice pairs a call: a thousand at once need more memory than a host has
     */
    LangChainScorer(String name, LongModel model, QueryPairs pairs, int slice) throws OrtException {
        this.name = name;
        this.pairs = pairs;
        this.slice = slice;
        passages = pairs.passages().stream().map(TextSegment::from).toList();
        this.model =
                new OnnxScoringModel(
                        model.graph().toString(),
                        BareSession.defaults(),
                        model.plainTokenizer().toString(),
                        model.maxSequenceLength() + TAKEN_OFF,
                        false);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ScoredPairs score() {
        List<Double> logits = new ArrayList<>();
        TokenCount tokens = TokenCount.NONE;
        for (int from = 0; from < pairs.count(); from += slice) {
            int to = Math.min(from + slice, pairs.count());
            var response = model.scoreAll(passages.subList(from, to), pairs.query());
            logits.addAll(response.content());
            int longest = Collections.max(pairs.lengths().subList(from, to));
            int counted = response.tokenUsage().inputTokenCount();
            tokens =
                    tokens.plus(
                            new TokenCount(
                                    counted + (long) SPECIAL_TOKENS * (to - from),
                                    (long) longest * (to - from)));
        }
        return new ScoredPairs(logits, tokens);
    }

    @Override
    public void close() {
        model.close();
    }
}
