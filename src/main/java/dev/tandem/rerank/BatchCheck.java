package dev.tandem.rerank;

import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import java.util.List;

/** Finds out whether runs may take several pairs. */
final class BatchCheck {

    /** What a device that gains from batches takes at a time; a lost run costs no more. */
    private static final int BATCH = 32;

    /**
     * What neighbours and padding may change of a logit: what reordered float sums make, far less
     * than the scale of a dynamic int8 model does.
     */
    private static final float NOTHING = 0.01f;

    private BatchCheck() {}

    /**
     * @param pairs of different lengths
     * @return 1 if a pair's logit depends on what else is in its run
     */
    static int largestBatch(CrossEncoder crossEncoder, List<ModelInput> pairs) {
        float[] together = crossEncoder.logits(pairs, new StopSignal());
        for (int i = 0; i < together.length; i++) {
            float alone = crossEncoder.logits(List.of(pairs.get(i)), new StopSignal())[0];
            // Written so that NaN fails.
            if (!(Math.abs(alone - together[i]) <= NOTHING)) {
                return 1;
            }
        }
        return BATCH;
    }
}
