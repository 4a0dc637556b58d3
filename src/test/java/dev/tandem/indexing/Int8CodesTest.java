package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.fixtures.VectorSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Int8CodesTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {3, 32, 384, 1_024})
    void cosine_anyTwo_isNearTheirVectors(int dimension) throws IOException {
        // More than a block, so that some thread has an incomplete one.
        List<float[]> vectors = new VectorSets(dimension, 9).some(1_500);
        try (var mapped = open(vectors);
                var codes = Int8Codes.encode(mapped, folder.resolve("codes"))) {
            assertThat(codes.size()).isEqualTo(1_500);
            assertThat(codes.dimension()).isEqualTo(dimension);
            for (int i = 0; i < 1_500; i++) {
                int other = (i * 7 + 1) % 1_500;

                assertThat((double) cosine(codes, i, other))
                        .isCloseTo(
                                VectorSets.dot(vectors.get(i), vectors.get(other)), within(0.01));
                assertThat((double) cosine(codes, i, i)).isCloseTo(1, within(1e-6));
            }
        }
    }

    @Test
    void encode_zeroVector_hasNoDirection() throws IOException {
        List<float[]> vectors = new ArrayList<>(new VectorSets(8, 2).some(2));
        vectors.add(new float[8]);
        try (var mapped = open(vectors);
                var codes = Int8Codes.encode(mapped, folder.resolve("codes"))) {
            assertThat(cosine(codes, 0, 2)).isZero();
            assertThat(cosine(codes, 2, 2)).isZero();
        }
    }

    @Test
    void encode_fileOfAStoppedBuild_isWrittenOver() throws IOException {
        List<float[]> vectors = new VectorSets(8, 4).some(100);
        Path file = Files.write(folder.resolve("codes"), new byte[5_000]);
        try (var mapped = open(vectors);
                var codes = Int8Codes.encode(mapped, file)) {
            assertThat((double) cosine(codes, 99, 99)).isCloseTo(1, within(0.01));
        }
    }

    private VectorFile open(List<float[]> vectors) throws IOException {
        return VectorFile.open(GraphFixture.vectorFile(vectors, folder), vectors.getFirst().length);
    }

    private static float cosine(Int8Codes codes, int a, int b) {
        byte[] first = new byte[codes.dimension()];
        byte[] second = new byte[codes.dimension()];
        float firstScale = codes.read(a, first);
        return Int8Codes.cosine(first, firstScale, second, codes.read(b, second));
    }
}
