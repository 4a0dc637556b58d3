package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.onnx.ModelInput;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchCheckTest {

    @TempDir private Path models;

    /** The scale of its activations is taken over the whole run. */
    @Test
    void largestBatch_dynamicInt8Model_isOne() {
        assertThat(largestBatch(RealModels.crossEncoder())).isEqualTo(1);
    }

    @Test
    void largestBatch_floatModel_isMany() {
        var folder = SmallModel.in(models, "cross_encoder").card("").open();
        try (var small = OnnxCrossEncoder.open(folder)) {
            assertThat(largestBatch(small)).isEqualTo(32);
        }
    }

    private static int largestBatch(CrossEncoder crossEncoder) {
        var tokenizer = crossEncoder.tokenizer();
        List<ModelInput> pairs =
                IntStream.of(5, 10, 20)
                        .mapToObj(
                                length ->
                                        tokenizer.pair(
                                                new long[] {5, 6, 7},
                                                IntStream.range(0, length)
                                                        .map(i -> i % 15)
                                                        .toArray()))
                        .toList();
        return BatchCheck.largestBatch(crossEncoder, pairs);
    }
}
