package dev.tandem.bench;

import ai.onnxruntime.OrtException;

import java.io.IOException;

/** One way to score the pairs of a query with a cross-encoder. */
interface PairScorer extends AutoCloseable {

    String name();

    /** Scores all pairs, and returns when the last one has its logit. */
    ScoredPairs score() throws IOException, OrtException;

    @Override
    void close();
}
