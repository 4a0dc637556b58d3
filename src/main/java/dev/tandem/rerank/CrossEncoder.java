package dev.tandem.rerank;

import dev.tandem.onnx.ModelInput;

/** Scores (query, passage) pairs, one at a time. Thread-safe. */
public interface CrossEncoder {

    /**
     * @param pair query and passage as one input, at most the model's sequence length
     * @return raw output of the model, unbounded; NaN if the model gives it
     * @throws CrossEncoderException if the run fails
     */
    float logit(ModelInput pair);

    /** What it runs on: {@code cpu} or {@code cuda}. */
    String device();
}
