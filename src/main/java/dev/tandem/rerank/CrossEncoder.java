package dev.tandem.rerank;

import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.onnx.TextTokenizer;
import java.util.List;

/** Scores (query, passage) pairs. Thread-safe. */
public interface CrossEncoder {

    /**
     * Scores pairs in one run.
     *
     * @param pairs query and passage as one input each, at most the model's sequence length; at
     *     most {@link #largestBatch()} of them
     * @param stop ends the run early
     * @return raw outputs of the model in the order of the pairs, unbounded; NaN if the model gives
     *     it
     * @throws CrossEncoderException if the run fails
     * @throws dev.tandem.onnx.RunStoppedException if the signal was given before the end
     */
    float[] logits(List<ModelInput> pairs, StopSignal stop);

    /**
     * Pairs that one run may take without changing their scores: 1 on the CPU and for a dynamic
     * int8 model, which takes its scale over the whole run.
     */
    int largestBatch();

    /** Makes its inputs. */
    TextTokenizer tokenizer();

    /** How long its runs take on this host; learns as long as the model is open. */
    CostModel cost();

    /** Runs side by side that are of use. */
    int concurrency();

    /** What it runs on: {@code cpu} or {@code cuda}. */
    String device();

    /** Identifies its scores, see {@link dev.tandem.model.Numerics#fingerprint()}. */
    String scores();

    /** What scores at the moment: this, or what stands in for it. Asked anew before each run. */
    default CrossEncoder serving() {
        return this;
    }

    /**
     * What a failed run is to be repeated on.
     *
     * @param failed what it was made on
     * @return the same if there is nothing else
     */
    default CrossEncoder afterFailure(CrossEncoder failed, CrossEncoderException cause) {
        return failed;
    }
}
