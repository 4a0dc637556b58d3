package dev.tandem.indexing;

import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest.GraphParameters;
import dev.tandem.index.IndexManifest.VectorStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Graphs over vectors that a test made up, written as a build writes them. */
public final class GraphFixture {
    public static final GraphParameters PARAMETERS = new GraphParameters(32, 100, 1.2f, 1.2f);

    private GraphFixture() {}

    /** Writes all files of stage 1 into a folder. */
    public static VectorStorage write(List<float[]> vectors, Path generation) throws IOException {
        return write(vectors, VectorEncoding.FLOAT32, generation);
    }

    public static VectorStorage write(
            List<float[]> vectors, VectorEncoding encoding, Path generation) throws IOException {
        return write(vectors, encoding, generation, 1 << 30);
    }

    /** As a graph is written that is too large to be held: with codes and a hot region. */
    public static VectorStorage writeLarge(
            List<float[]> vectors, VectorEncoding encoding, Path generation) throws IOException {
        return write(vectors, encoding, generation, 0);
    }

    private static VectorStorage write(
            List<float[]> vectors, VectorEncoding encoding, Path generation, long heldWhole)
            throws IOException {
        Path file = vectorFile(vectors, IndexLayout.work(generation));
        try (var mapped = VectorFile.open(file, vectors.getFirst().length)) {
            return GraphStage.write(mapped, PARAMETERS, encoding, generation, _ -> {}, heldWhole);
        }
    }

    static Path vectorFile(List<float[]> vectors, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("vectors.f32");
        try (var writer = new VectorFile.Writer(file, vectors.getFirst().length, 0)) {
            for (float[] vector : vectors) {
                writer.add(vector);
            }
        }
        return file;
    }
}
