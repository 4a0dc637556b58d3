package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BeamTest {
    private static final int WIDTH = 10;

    private record Node(int node, float score) {}

    @Test
    void add_moreThanItsWidth_keepsTheBestBestFirst() {
        var random = new Random(7);
        for (int count = 0; count < 40; count++) {
            var beam = new Beam(WIDTH);
            List<Node> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                // Few scores, so that many are equal: who came first stays first.
                all.add(new Node(i, random.nextInt(8)));
                beam.add(i, all.getLast().score);
            }

            assertThat(nodes(beam))
                    .containsExactlyElementsOf(
                            all.stream()
                                    .sorted(Comparator.comparingDouble(n -> -n.score))
                                    .limit(WIDTH)
                                    .toList());
        }
    }

    @Test
    void takes_full_onlyWhatIsBetterThanTheWorst() {
        var beam = new Beam(2);
        assertThat(beam.takes(-1)).isTrue();
        beam.add(1, 0.5f);
        beam.add(2, 0.7f);

        assertThat(beam.takes(0.5f)).isFalse();
        assertThat(beam.takes(0.6f)).isTrue();
    }

    @Test
    void follow_nodesAddedMeanwhile_givesEachOnceBestFirst() {
        var beam = new Beam(3);
        beam.add(1, 0.1f);
        assertThat(beam.follow()).isEqualTo(1);
        beam.add(2, 0.5f);
        beam.add(3, 0.3f);
        assertThat(beam.follow()).isEqualTo(2);
        beam.add(4, 0.9f);
        assertThat(beam.follow()).isEqualTo(4);
        assertThat(beam.follow()).as("1 was dropped, 2 and 4 are done").isEqualTo(3);
        assertThat(beam.follow()).isEqualTo(-1);
        beam.add(5, 0.4f);
        assertThat(beam.follow()).isEqualTo(5);
        assertThat(beam.follow()).isEqualTo(-1);
    }

    @Test
    void clear_used_isAsNew() {
        var beam = new Beam(3);
        beam.add(1, 1);
        assertThat(beam.follow()).isEqualTo(1);

        beam.clear();

        assertThat(beam.size()).isZero();
        assertThat(beam.follow()).isEqualTo(-1);
        beam.add(1, 1);
        assertThat(beam.follow()).isEqualTo(1);
    }

    private static List<Node> nodes(Beam beam) {
        return IntStream.range(0, beam.size())
                .mapToObj(i -> new Node(beam.node(i), beam.score(i)))
                .toList();
    }
}
