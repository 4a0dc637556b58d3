package dev.tandem.indexing;

import dev.tandem.index.IndexManifest.GraphParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Builds the graph over a file of vectors on all cores. What it has done is put on the disk from
 * time to time; a build that was stopped goes on from there.
 */
final class GraphConstruction implements AutoCloseable {

    /** Nodes between two looks at the clock. */
    private static final int BATCH = 4_096;

    private static final int MEAN_SAMPLE = 20_000;

    private final VectorFile vectors;
    private final GraphParameters parameters;
    private final Path progressFile;
    private final Checkpoint checkpoint;
    private final int entry;
    private final InsertionOrder order;
    private final Int8Codes codes;
    private final Adjacency graph;
    private final GraphBuilder builder;
    private final ExecutorService cores;
    private final int threads = Runtime.getRuntime().availableProcessors();

    /**
     * @param work folder of the files that only the build needs, and that a later build resumes on
     */
    GraphConstruction(VectorFile vectors, GraphParameters parameters, Path work)
            throws IOException {
        this(vectors, parameters, work, Checkpoint.usual());
    }

    GraphConstruction(
            VectorFile vectors, GraphParameters parameters, Path work, Checkpoint checkpoint)
            throws IOException {
        this.vectors = vectors;
        this.checkpoint = checkpoint;
        this.parameters = parameters;
        progressFile = work.resolve("graph.progress");
        entry = medoid();
        order = new InsertionOrder(vectors.size(), entry);
        codes = Int8Codes.encode(vectors, work.resolve("codes.i8"));
        graph =
                Adjacency.open(
                        work.resolve("graph.lists"),
                        vectors.size(),
                        GraphBuilder.capacity(parameters));
        builder = new GraphBuilder(codes, graph, parameters, entry);
        cores = Executors.newFixedThreadPool(threads);
    }

    /** Where every walk begins: the vector nearest to the mean. */
    int entry() {
        return entry;
    }

    /**
     * Neighbour lists of at most maxDegree nodes, every node reachable from the entry node.
     *
     * @param progress gets the number of nodes done so far
     */
    Adjacency build(IntConsumer progress) throws IOException {
        int done = readProgress();
        forgetAfter(done);
        while (done < vectors.size()) {
            int end = Math.min(vectors.size(), done + BATCH);
            int from = done;
            // Alone at first: nodes that are inserted together do not see each other.
            int together = from == 0 ? 1 : threads;
            onCores(together, from, end, (worker, rank) -> worker.insert(order.ordinal(rank)));
            done = end;
            progress.accept(done);
            if (checkpoint.isDue()) {
                save(done);
                checkpoint.reached();
            }
        }
        save(done);
        onCores(threads, 0, vectors.size(), GraphBuilder.Worker::trim);
        new Reachability(graph, parameters.maxDegree(), entry).connect(builder.worker());
        return graph;
    }

    @Override
    public void close() {
        cores.shutdownNow();
        cores.close();
        graph.close();
        codes.close();
    }

    private interface Step {
        void run(GraphBuilder.Worker worker, int index);
    }

    private void onCores(int count, int from, int end, Step step) {
        var next = new AtomicInteger(from);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(
                    () -> {
                        var worker = builder.worker();
                        for (int index = next.getAndIncrement();
                                index < end;
                                index = next.getAndIncrement()) {
                            step.run(worker, index);
                        }
                        return null;
                    });
        }
        try {
            for (Future<Void> task : cores.invokeAll(tasks)) {
                task.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The build was interrupted.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The graph could not be built: " + e.getCause(), e);
        }
    }

    /**
     * Drops every trace of nodes that were inserted after the last checkpoint, and of a page that a
     * power cut left half written.
     */
    private void forgetAfter(int done) {
        int[] neighbors = new int[graph.capacity()];
        for (int node = 0; node < vectors.size(); node++) {
            int kept = 0;
            if (order.rank(node) < done) {
                int count = graph.read(node, neighbors);
                for (int i = 0; i < count; i++) {
                    int other = neighbors[i];
                    if (other >= 0
                            && other < vectors.size()
                            && other != node
                            && order.rank(other) < done) {
                        neighbors[kept++] = other;
                    }
                }
            }
            graph.write(node, neighbors, kept);
        }
    }

    private int readProgress() throws IOException {
        if (!Files.exists(progressFile)) {
            return 0;
        }
        int done = ByteBuffer.wrap(Files.readAllBytes(progressFile)).getInt();
        return Math.clamp(done, 0, vectors.size());
    }

    private void save(int done) throws IOException {
        graph.force();
        Path next = progressFile.resolveSibling("graph.progress.next");
        try (var channel =
                FileChannel.open(
                        next,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, done));
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + next, e);
        }
        Files.move(
                next,
                progressFile,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private int medoid() {
        int step = Math.max(1, vectors.size() / MEAN_SAMPLE);
        float[] vector = new float[vectors.dimension()];
        double[] mean = new double[vectors.dimension()];
        for (int i = 0; i < vectors.size(); i += step) {
            vectors.read(i, vector);
            for (int d = 0; d < mean.length; d++) {
                mean[d] += vector[d];
            }
        }
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < vectors.size(); i += step) {
            vectors.read(i, vector);
            double dot = 0;
            for (int d = 0; d < mean.length; d++) {
                dot += mean[d] * vector[d];
            }
            if (dot > highest) {
                highest = dot;
                best = i;
            }
        }
        return best;
    }
}
