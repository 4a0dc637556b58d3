package dev.tandem.indexing;

import dev.tandem.candidates.GraphSidecars;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest.GraphParameters;
import dev.tandem.index.IndexManifest.VectorStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntConsumer;

/** From vectors on the disk to all files of stage 1. */
public final class GraphStage {

    /**
     * Vectors that take fewer bytes are held in memory with their graph, and it is walked by them;
     * more are walked by codes.
     */
    private static final long HELD_WHOLE = 16L << 20;

    /** Dimensions that share one byte of a code. */
    private static final int DIMENSIONS_A_BYTE = 3;

    private static final int SAMPLES = 1_000;
    private static final long SEED = 17;

    /** How far a sample query lies from a passage, as a share of the way between two passages. */
    private static final float QUERY_DISTANCE = 0.4f;

    private GraphStage() {}

    /**
     * Builds the graph and writes it with all that belongs to it.
     *
     * @param generation folder that is being built; its work folder keeps what was done until a
     *     build is stopped, and the next one goes on from there
     * @param progress gets the number of nodes done so far
     */
    public static VectorStorage write(
            VectorFile vectors,
            GraphParameters parameters,
            VectorEncoding encoding,
            Path generation,
            IntConsumer progress)
            throws IOException {
        return write(vectors, parameters, encoding, generation, progress, HELD_WHOLE);
    }

    static VectorStorage write(
            VectorFile vectors,
            GraphParameters parameters,
            VectorEncoding encoding,
            Path generation,
            IntConsumer progress,
            long heldWhole)
            throws IOException {
        Path work = IndexLayout.work(generation);
        Files.createDirectories(work);
        removeUnfinished(generation);
        int subspaces = subspaces(vectors, heldWhole);
        try (var construction = new GraphConstruction(vectors, parameters, work);
                PqFile pq =
                        subspaces == 0
                                ? null
                                : PqFile.write(vectors, subspaces, IndexLayout.codes(generation))) {
            Adjacency lists = construction.build(progress);
            new GraphFile(vectors, lists, parameters, construction.entry(), encoding, pq)
                    .write(IndexLayout.graph(generation));
        }
        // With their neighbours, vectors take about twice the room.
        int hot = GraphSidecars.write(generation, samples(vectors), 2 * heldWhole);
        return new VectorStorage(encoding.name().toLowerCase(Locale.ROOT), subspaces, hot);
    }

    /** Files that an earlier build may have begun: they are written anew from the lists. */
    private static void removeUnfinished(Path generation) throws IOException {
        for (Path file :
                List.of(
                        IndexLayout.graph(generation),
                        IndexLayout.checksums(generation),
                        IndexLayout.hot(generation),
                        IndexLayout.codes(generation))) {
            Files.deleteIfExists(file);
        }
    }

    /** Bytes of a code; 0 if the graph is small enough to go without. */
    private static int subspaces(VectorFile vectors, long heldWhole) {
        boolean small = vectors.size() * VectorFile.rowBytes(vectors.dimension()) < heldWhole;
        return small ? 0 : Math.max(1, vectors.dimension() / DIMENSIONS_A_BYTE);
    }

    /** Vectors near passages, but none a passage's, as queries are. */
    private static List<float[]> samples(VectorFile vectors) {
        var random = new Random(SEED);
        List<float[]> samples = new ArrayList<>();
        float[] a = new float[vectors.dimension()];
        float[] b = new float[vectors.dimension()];
        for (int i = 0; i < SAMPLES; i++) {
            float[] sample = new float[vectors.dimension()];
            vectors.read(random.nextInt(vectors.size()), sample);
            vectors.read(random.nextInt(vectors.size()), a);
            vectors.read(random.nextInt(vectors.size()), b);
            double squares = 0;
            for (int d = 0; d < sample.length; d++) {
                sample[d] += QUERY_DISTANCE * (a[d] - b[d]);
                squares += (double) sample[d] * sample[d];
            }
            float scale = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
            for (int d = 0; d < sample.length; d++) {
                sample[d] *= scale;
            }
            samples.add(sample);
        }
        return samples;
    }
}
