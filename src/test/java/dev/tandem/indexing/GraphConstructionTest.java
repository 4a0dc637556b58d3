package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.VectorSets;
import dev.tandem.index.IndexManifest.GraphParameters;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphConstructionTest {
    private static final GraphParameters PARAMETERS = GraphFixture.PARAMETERS;
    private static final int BATCH = 4_096;

    /** Two batches and a part of the third. */
    private static final int SIZE = 9_000;

    private static final int DIMENSION = 24;
    private static final Checkpoint EACH_BATCH = new Checkpoint(Duration.ZERO);
    private static final Checkpoint NEVER = new Checkpoint(Duration.ofDays(1));

    private final VectorSets sets = new VectorSets(DIMENSION, 6);

    @TempDir private Path work;

    private static final class Stopped extends RuntimeException {}

    @Test
    void build_clusteredVectors_isReachableBoundedAndFindsTheNearest() throws IOException {
        List<float[]> vectors = new VectorSets(64, 8).some(3_000);

        assertGood(vectors, vectors.subList(100, 200), build(vectors));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 33, 34, 100})
    void build_fewVectors_reachesAll(int size) throws IOException {
        List<float[]> vectors = sets.some(size);

        assertReachable(build(vectors));
    }

    @Test
    void build_onlyCopies_reachesAll() throws IOException {
        float[] one = sets.one();

        assertReachable(build(Collections.nCopies(1_000, one)));
    }

    @Test
    void build_manyCopiesOfEach_reachesAll() throws IOException {
        List<float[]> different = sets.some(30);
        List<float[]> vectors =
                IntStream.range(0, 3_000).mapToObj(i -> different.get(i % 30)).toList();

        assertReachable(build(vectors));
    }

    @Test
    void build_copiesOfOneAmongOthers_leadOnToOthers() throws IOException {
        List<float[]> vectors = new ArrayList<>(sets.some(1_000));
        vectors.addAll(Collections.nCopies(500, vectors.getFirst()));

        Graph graph = build(vectors);

        assertReachable(graph);
        for (List<Integer> ofCopy : graph.neighbors.subList(1_000, 1_500)) {
            assertThat(ofCopy).anyMatch(neighbor -> neighbor > 0 && neighbor < 1_000);
        }
    }

    @Test
    void build_zeroVectorsAmongOthers_reachesAll() throws IOException {
        List<float[]> vectors = new ArrayList<>(sets.some(500));
        vectors.addAll(Collections.nCopies(200, new float[DIMENSION]));

        assertReachable(build(vectors));
    }

    @Test
    void build_stoppedAfterTheFirstCheckpoint_goesOnThere() throws IOException {
        List<float[]> vectors = sets.some(SIZE);
        stop(vectors, EACH_BATCH, 2 * BATCH);
        List<Integer> progress = new ArrayList<>();

        Graph resumed = build(vectors, EACH_BATCH, progress::add);

        assertThat(progress).containsExactly(2 * BATCH, SIZE);
        assertGood(vectors, sets.some(100), resumed);
    }

    @Test
    void build_stoppedAndTornAfterTheCheckpoint_isAsGoodAsUnbroken() throws IOException {
        List<float[]> vectors = sets.some(SIZE);
        stop(vectors, EACH_BATCH, 2 * BATCH);
        tear(vectors, BATCH);

        assertGood(vectors, sets.some(100), build(vectors));
    }

    @Test
    void build_stoppedBeforeTheFirstCheckpoint_beginsAnew() throws IOException {
        List<float[]> vectors = sets.some(SIZE);
        stop(vectors, NEVER, 2 * BATCH);
        tear(vectors, 0);
        List<Integer> progress = new ArrayList<>();

        Graph resumed = build(vectors, NEVER, progress::add);

        assertThat(progress).containsExactly(BATCH, 2 * BATCH, SIZE);
        assertGood(vectors, sets.some(100), resumed);
    }

    @Test
    void build_stoppedWhenAllWereInserted_onlyTrimsAndConnects() throws IOException {
        List<float[]> vectors = sets.some(SIZE);
        build(vectors);
        List<Integer> progress = new ArrayList<>();

        assertGood(vectors, sets.some(100), build(vectors, NEVER, progress::add));
        assertThat(progress).isEmpty();
    }

    /** Neighbours by node, and where walks begin. */
    private record Graph(int entry, List<List<Integer>> neighbors) {}

    private Graph build(List<float[]> vectors) throws IOException {
        return build(vectors, NEVER, _ -> {});
    }

    private Graph build(List<float[]> vectors, Checkpoint checkpoint, IntConsumer progress)
            throws IOException {
        try (var mapped = open(vectors);
                var construction = new GraphConstruction(mapped, PARAMETERS, work, checkpoint)) {
            Adjacency lists = construction.build(progress);
            int[] into = new int[lists.capacity()];
            List<List<Integer>> neighbors = new ArrayList<>();
            for (int node = 0; node < lists.size(); node++) {
                neighbors.add(IntStream.of(into).limit(lists.read(node, into)).boxed().toList());
            }
            return new Graph(construction.entry(), neighbors);
        }
    }

    /** Ends a build as a kill would, when so many nodes are inserted. */
    private void stop(List<float[]> vectors, Checkpoint checkpoint, int at) {
        IntConsumer progress =
                done -> {
                    if (done == at) {
                        throw new Stopped();
                    }
                };
        assertThatThrownBy(() -> build(vectors, checkpoint, progress)).isInstanceOf(Stopped.class);
    }

    /**
     * What a power cut may leave of pages that were written after the checkpoint: rows of nodes
     * that came later hold anything, and those of earlier nodes name such nodes.
     */
    private void tear(List<float[]> vectors, int done) throws IOException {
        var random = new Random(4);
        int capacity = GraphBuilder.capacity(PARAMETERS);
        var order = order(vectors);
        try (var lists = new RandomAccessFile(work.resolve("graph.lists").toFile(), "rw")) {
            for (int rank = 0; rank < SIZE; rank++) {
                long row = (long) order.ordinal(rank) * (capacity + 1);
                if (rank >= done) {
                    writeInt(lists, row, capacity);
                    for (int i = 1; i <= capacity; i++) {
                        writeInt(lists, row + i, random.nextInt());
                    }
                } else if (random.nextInt(5) == 0) {
                    writeInt(lists, row + 1, order.ordinal(later(random, done)));
                }
            }
        }
    }

    private static void writeInt(RandomAccessFile lists, long index, int value) throws IOException {
        lists.seek(index * Integer.BYTES);
        lists.writeInt(Integer.reverseBytes(value));
    }

    private static int later(Random random, int done) {
        return done + random.nextInt(SIZE - done);
    }

    private InsertionOrder order(List<float[]> vectors) throws IOException {
        try (var mapped = open(vectors);
                var construction = new GraphConstruction(mapped, PARAMETERS, work)) {
            return new InsertionOrder(SIZE, construction.entry());
        }
    }

    private VectorFile open(List<float[]> vectors) throws IOException {
        Path file = work.resolve("vectors.f32");
        if (!Files.exists(file)) {
            GraphFixture.vectorFile(vectors, work);
        }
        return VectorFile.open(file, vectors.getFirst().length);
    }

    private static void assertGood(List<float[]> vectors, List<float[]> queries, Graph graph) {
        assertReachable(graph);
        double found = 0;
        for (float[] query : queries) {
            Set<Integer> exact = VectorSets.exact(vectors, query, 10, _ -> true);
            exact.retainAll(nearest(vectors, graph, query));
            found += exact.size();
        }
        assertThat(found / (10 * queries.size())).isGreaterThanOrEqualTo(0.95);
    }

    private static void assertReachable(Graph graph) {
        int size = graph.neighbors.size();
        var reached = new BitSet(size);
        var open = new ArrayDeque<>(List.of(graph.entry));
        reached.set(graph.entry);
        while (!open.isEmpty()) {
            for (int neighbor : graph.neighbors.get(open.remove())) {
                if (!reached.get(neighbor)) {
                    reached.set(neighbor);
                    open.add(neighbor);
                }
            }
        }
        assertThat(reached.cardinality()).isEqualTo(size);
        for (int node = 0; node < size; node++) {
            List<Integer> neighbors = graph.neighbors.get(node);
            if (neighbors.contains(node)
                    || neighbors.size() > PARAMETERS.maxDegree()
                    || Set.copyOf(neighbors).size() < neighbors.size()) {
                assertThat(neighbors)
                        .as("neighbours of %d", node)
                        .doesNotContain(node)
                        .doesNotHaveDuplicates()
                        .hasSizeLessThanOrEqualTo(PARAMETERS.maxDegree());
            }
        }
    }

    /** A greedy walk by the exact vectors. */
    private static List<Integer> nearest(List<float[]> vectors, Graph graph, float[] query) {
        var beam = new Beam(100);
        var visited = new BitSet();
        visited.set(graph.entry);
        beam.add(graph.entry, (float) VectorSets.dot(query, vectors.get(graph.entry)));
        for (int node = beam.follow(); node >= 0; node = beam.follow()) {
            for (int neighbor : graph.neighbors.get(node)) {
                if (!visited.get(neighbor)) {
                    visited.set(neighbor);
                    beam.add(neighbor, (float) VectorSets.dot(query, vectors.get(neighbor)));
                }
            }
        }
        return IntStream.range(0, Math.min(10, beam.size())).mapToObj(beam::node).toList();
    }
}
