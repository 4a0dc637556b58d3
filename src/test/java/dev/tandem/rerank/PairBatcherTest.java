package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RealModels;
import dev.tandem.model.Span;
import dev.tandem.rerank.CandidateInputs.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairBatcherTest {
    private static final int FRAME = 4; // [CLS] query [SEP] passage [SEP], with one query token

    @Test
    void pack_batchesOfOne_keepsTheOrder() {
        List<List<Part>> batches = new PairBatcher(1).pack(parts(30, 10, 20));

        assertThat(batches).hasSize(3);
        assertThat(batches).extracting(PairBatcher::length).containsExactly(34, 14, 24);
    }

    @Test
    void pack_nothing_isNoBatch() {
        assertThat(new PairBatcher(1).pack(List.of())).isEmpty();
        assertThat(new PairBatcher(8).pack(List.of())).isEmpty();
    }

    @Test
    void pack_likeLengths_fillsBatches() {
        List<List<Part>> batches = new PairBatcher(4).pack(parts(50, 50, 50, 50, 50));

        assertThat(batches).extracting(List::size).containsExactly(4, 1);
    }

    @Test
    void pack_unlikeLengths_keepsThemApart() {
        List<List<Part>> batches = new PairBatcher(4).pack(parts(200, 20, 201, 21));

        assertThat(batches).extracting(PairBatcher::length).containsExactly(205, 25);
        assertThat(batches).extracting(List::size).containsExactly(2, 2);
    }

    @Test
    void pack_lengthsOfAllKinds_hasEachOnceAndLittlePadding() {
        var random = new Random(3);
        for (int largest = 1; largest <= 32; largest *= 2) {
            List<Part> parts = parts(random.ints(100, 0, 240).toArray());

            List<List<Part>> batches = new PairBatcher(largest).pack(parts);

            assertThat(batches.stream().flatMap(List::stream).toList())
                    .containsExactlyInAnyOrderElementsOf(parts);
            for (List<Part> batch : batches) {
                assertThat(batch).hasSizeBetween(1, largest);
                assertThat(padded(batch)).isLessThanOrEqualTo(1.15 * tokens(batch));
            }
        }
    }

    private static double padded(List<Part> batch) {
        return (double) batch.size() * PairBatcher.length(batch);
    }

    private static double tokens(List<Part> batch) {
        return batch.stream().mapToInt(part -> part.input().length()).sum();
    }

    private static List<Part> parts(int... lengths) {
        List<Part> parts = new ArrayList<>();
        for (int length : lengths) {
            var span = new Span(0, length);
            var inputs = new CandidateInputs(parts.size(), length);
            inputs.add(
                    span,
                    RealModels.pairTokenizer().pair(new long[] {1_000}, new int[length], span));
            parts.addAll(inputs.parts());
            assertThat(inputs.parts().getFirst().input().length()).isEqualTo(length + FRAME);
        }
        return parts;
    }
}
