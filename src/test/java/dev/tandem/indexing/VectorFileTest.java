package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.VectorSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorFileTest {
    private static final int DIMENSION = 5;

    /** More than are written at a time. */
    private final List<float[]> vectors = new VectorSets(DIMENSION, 1).some(600);

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("vectors.f32");
    }

    @Test
    void read_everyVector_isTheOneThatWasAdded() throws IOException {
        append(0, vectors);

        assertHolds(vectors);
        assertThat(file).hasSize(600L * DIMENSION * Float.BYTES);
    }

    @Test
    void writer_keep_cutsOffWhatFollowsAndGoesOn() throws IOException {
        append(0, vectors.subList(0, 400));
        Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);

        append(300, vectors.subList(300, 600));

        assertHolds(vectors);
    }

    @Test
    void writer_keepAll_changesNothing() throws IOException {
        append(0, vectors);

        append(600, List.of());

        assertHolds(vectors);
    }

    @Test
    void writer_keepNone_beginsAnew() throws IOException {
        append(0, vectors);

        append(0, vectors.subList(7, 9));

        assertHolds(vectors.subList(7, 9));
    }

    @Test
    void writer_fewerThanAreToBeKept_isRefusedAndChangesNothing() throws IOException {
        append(0, vectors);

        assertThatThrownBy(() -> new VectorFile.Writer(file, DIMENSION, 601))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + " holds fewer than the 601 vectors");

        assertHolds(vectors);
    }

    private void append(int keep, List<float[]> added) throws IOException {
        try (var writer = new VectorFile.Writer(file, DIMENSION, keep)) {
            for (float[] vector : added) {
                writer.add(vector);
            }
            writer.force();
        }
    }

    private void assertHolds(List<float[]> expected) throws IOException {
        try (var read = VectorFile.open(file, DIMENSION)) {
            assertThat(read.size()).isEqualTo(expected.size());
            assertThat(read.dimension()).isEqualTo(DIMENSION);
            float[] vector = new float[DIMENSION];
            for (int i = 0; i < expected.size(); i++) {
                read.read(i, vector);
                assertThat(vector).containsExactly(expected.get(i));
            }
        }
    }
}
