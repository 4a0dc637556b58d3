package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InsertionOrderTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 1_000, 4_096, 99_991})
    void ordinal_everyRank_isAPermutationWhoseInverseIsRank(int size) {
        for (int entry : new int[] {0, size / 2, size - 1}) {
            var order = new InsertionOrder(size, entry);
            var seen = new BitSet(size);
            for (int rank = 0; rank < size; rank++) {
                int ordinal = order.ordinal(rank);
                seen.set(ordinal);
                if (order.rank(ordinal) != rank) {
                    assertThat(order.rank(ordinal)).as("rank of %d", ordinal).isEqualTo(rank);
                }
            }

            assertThat(seen.cardinality()).isEqualTo(size);
            assertThat(seen.length()).isEqualTo(size);
            assertThat(order.ordinal(0)).isEqualTo(entry);
            assertThat(order.rank(entry)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 4_096, 99_991})
    void ordinal_ranksSideBySide_lieFarApart(int size) {
        var order = new InsertionOrder(size, size / 3);
        for (int rank = 2; rank < 100; rank++) {
            int apart = Math.abs(order.ordinal(rank) - order.ordinal(rank - 1));

            assertThat(apart).isGreaterThan(size / 4);
        }
    }
}
