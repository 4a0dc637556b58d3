package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.VectorSets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NeighborSelectionTest {
    private static final int SIZE = 400;
    private static final int CANDIDATES = 60;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({"4, 1.2, 16", "8, 1.0, 64", "32, 1.2, 64", "32, 1.4, 384", "60, 2.0, 16"})
    void select_anyNode_choosesAsRobustPruneDoes(int maxDegree, float alpha, int dimension)
            throws IOException {
        List<float[]> vectors = new VectorSets(dimension, 11).some(SIZE);
        try (var codes = encode(vectors)) {
            var selection = new NeighborSelection(codes, maxDegree, alpha, CANDIDATES);
            int[] chosen = new int[maxDegree];
            for (int node = 0; node < 50; node++) {
                List<Integer> candidates = nearest(codes, node);
                selection.clear();
                for (int candidate : candidates) {
                    selection.add(candidate, cosine(codes, node, candidate));
                }

                assertThat(Arrays.stream(chosen).limit(selection.select(chosen)).boxed())
                        .as("neighbours of %d", node)
                        .containsExactlyElementsOf(
                                robustPrune(codes, node, candidates, maxDegree, alpha));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void select_copiesOfOneVector_choosesOneOfThem(long seed) throws IOException {
        List<float[]> vectors = new ArrayList<>(new VectorSets(16, seed).some(2));
        vectors.add(vectors.get(1));
        vectors.add(vectors.get(1));
        try (var codes = encode(vectors)) {
            var selection = new NeighborSelection(codes, 4, 1.2f, 4);
            for (int copy = 1; copy <= 3; copy++) {
                selection.add(copy, cosine(codes, 0, copy));
            }
            int[] chosen = new int[4];

            assertThat(selection.select(chosen)).isEqualTo(1);
            assertThat(chosen[0]).isEqualTo(1);
        }
    }

    @Test
    void select_noCandidate_choosesNone() throws IOException {
        try (var codes = encode(new VectorSets(16, 5).some(2))) {
            assertThat(new NeighborSelection(codes, 4, 1.2f, 4).select(new int[4])).isZero();
        }
    }

    /** As the paper has it: two rounds, each over all candidates, every pair compared. */
    private static List<Integer> robustPrune(
            Int8Codes codes, int node, List<Integer> candidates, int maxDegree, float alpha) {
        List<Integer> chosen = new ArrayList<>();
        for (float limit : new float[] {1, alpha}) {
            for (int candidate : candidates) {
                float away = Math.max(0, 1 - cosine(codes, node, candidate));
                if (chosen.size() < maxDegree
                        && !chosen.contains(candidate)
                        && chosen.stream()
                                .noneMatch(
                                        other ->
                                                occludes(
                                                        1 - cosine(codes, candidate, other),
                                                        away,
                                                        limit))) {
                    chosen.add(candidate);
                }
            }
        }
        return chosen;
    }

    private static boolean occludes(float between, float away, float limit) {
        return between <= 1e-6f || away / between > limit;
    }

    private static List<Integer> nearest(Int8Codes codes, int node) {
        return IntStream.range(0, SIZE)
                .filter(other -> other != node)
                .boxed()
                .sorted(Comparator.comparingDouble(other -> -cosine(codes, node, other)))
                .limit(CANDIDATES)
                .toList();
    }

    private Int8Codes encode(List<float[]> vectors) throws IOException {
        Path file = GraphFixture.vectorFile(vectors, folder);
        try (var mapped = VectorFile.open(file, vectors.getFirst().length)) {
            return Int8Codes.encode(mapped, folder.resolve("codes"));
        }
    }

    private static float cosine(Int8Codes codes, int a, int b) {
        byte[] first = new byte[codes.dimension()];
        byte[] second = new byte[codes.dimension()];
        float firstScale = codes.read(a, first);
        return Int8Codes.cosine(first, firstScale, second, codes.read(b, second));
    }
}
