package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VisitedNodesTest {

    /** Many times the first capacity. */
    private static final int MANY = 50_000;

    @Test
    void add_moreThanItsCapacity_growsAndForgetsNone() {
        var visited = new VisitedNodes();
        var random = new Random(3);
        Set<Integer> expected = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            int node = random.nextInt(MANY);

            assertThat(visited.add(node)).isEqualTo(expected.add(node));
        }
    }

    @Test
    void clear_afterGrowth_isEmptyRoundAfterRound() {
        var visited = new VisitedNodes();
        for (int round = 1; round <= 5; round++) {
            for (int node = 0; node < round * 10_000; node++) {
                assertThat(visited.add(node)).isTrue();
            }
            assertThat(visited.add(0)).isFalse();
            visited.clear();
        }
    }

    @Test
    void add_extremeNodes_areNodesLikeOthers() {
        var visited = new VisitedNodes();
        for (int node : new int[] {0, Integer.MAX_VALUE, 1 << 25, 1 << 26}) {
            assertThat(visited.add(node)).isTrue();
            assertThat(visited.add(node)).isFalse();
        }
    }
}
