package dev.tandem.candidates;

import dev.tandem.index.FormatHeader;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.Memory;
import dev.tandem.index.StorageFile;
import dev.tandem.model.Candidates;
import dev.tandem.model.IndexException;
import dev.tandem.model.Temperature;
import dev.tandem.model.Walk;
import io.github.jbellis.jvector.disk.ByteBufferReader;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.util.Bits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds candidates in a JVector graph on mounted storage. Walks are pooled: they keep their
 * buffers, queues and visited sets from call to call.
 */
public final class JVectorCandidateSearcher implements CandidateSearcher {

    private static final Logger LOG = Logger.getLogger(JVectorCandidateSearcher.class);

    /** The codes of all vectors in a file of their own, as JVector's PQVectors. */
    public static final FormatHeader CODES = new FormatHeader("TandemPq", 1);

    /** An expanded node costs so many times a node that is only read, 2.5 us; measured. */
    private static final double EXPANSION_COST = 2.25;

    /** A node that is scored by its code costs so much of one that is read. */
    private static final double CODE_COST = 0.09;

    private final OpenGraph opened;
    private final GraphStorage storage;
    private final OnDiskGraphIndex graph;
    private final double oversampling;
    private final ConcurrentLinkedQueue<GraphWalk> idle = new ConcurrentLinkedQueue<>();
    private CompletableFuture<Void> fetched = CompletableFuture.completedFuture(null);
    private volatile @Nullable PQVectors codes;
    private boolean heldWhole;

    /** Whether the last walk had to wait for the storage; the next one then reads ahead. */
    private volatile boolean slowStorage;

    private JVectorCandidateSearcher(OpenGraph opened, double oversampling) {
        this.opened = opened;
        storage = opened.storage();
        graph = opened.graph();
        this.oversampling = oversampling;
    }

    /**
     * Opens a generation's graph. What walks touch first is fetched in the background.
     *
     * @param generation folder of the generation
     * @param size number of vectors that the manifest promises
     * @param dimension length of a vector that the manifest promises
     * @param oversampling the walk keeps {@code candidateCount * oversampling} nodes; more finds
     *     more of the true neighbours and takes longer; at least 1
     * @param memory what is held of a large graph
     * @throws IndexException if the files are not a graph of this size and dimension
     */
    public static JVectorCandidateSearcher open(
            Path generation, int size, int dimension, double oversampling, Memory memory) {
        OpenGraph opened = OpenGraph.open(generation, size, dimension);
        try {
            var searcher = new JVectorCandidateSearcher(opened, oversampling);
            searcher.fetch(generation, memory);
            return searcher;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void fetch(Path generation, Memory memory) {
        Path hot = IndexLayout.hot(generation);
        if (!Files.exists(hot)) {
            // A small graph: all of it is held.
            join(storage.fetchHot(null));
            heldWhole = true;
            return;
        }
        slowStorage = true;
        // Searches go on without what does not come; they are slower, and as exact.
        fetched =
                storage.fetchHot(hot)
                        .thenRun(() -> fetchCodes(generation, memory))
                        .whenComplete(
                                (_, e) -> {
                                    if (e != null) {
                                        LOG.errorf(
                                                e,
                                                "Searches of %s go on slower: %s",
                                                storage.path(),
                                                e.getMessage());
                                    }
                                });
    }

    private void fetchCodes(Path generation, Memory memory) {
        Path file = IndexLayout.codes(generation);
        if (memory == Memory.NORMAL && Files.exists(file)) {
            codes = readCodes(file);
        }
    }

    private PQVectors readCodes(Path path) {
        try (var file = StorageFile.open(path)) {
            var all = file.load(0, Math.toIntExact(file.length()), storage.reads());
            return PQVectors.load(new ByteBufferReader(CODES.content(all, path)));
        } catch (IOException e) {
            throw new IndexException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Waits until everything is fetched that is to be held.
     *
     * @throws IndexException if a file is not whole
     */
    public void awaitFetched() {
        join(fetched);
    }

    /** Closes after {@link #awaitFetched}, also if that fails. */
    public void closeFetched() {
        try (this) {
            awaitFetched();
        }
    }

    private static void join(CompletableFuture<Void> fetch) {
        try {
            fetch.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IndexException cause) {
                throw cause;
            }
            throw new IndexException("The graph cannot be fetched: " + e.getCause(), e);
        }
    }

    @Override
    public Candidates search(
            float[] queryVector, int candidateCount, @Nullable BitSet accepted, WalkLimits limits) {
        return search(queryVector, candidateCount, kept(candidateCount), accepted, limits);
    }

    /**
     * As {@link #search(float[], int, BitSet, WalkLimits)} with an effort of its own.
     *
     * @param kept nodes that the walk keeps, at least {@code candidateCount}
     */
    public Candidates search(
            float[] queryVector,
            int candidateCount,
            int kept,
            @Nullable BitSet accepted,
            WalkLimits limits) {
        return search(queryVector, candidateCount, kept, accepted, limits, null);
    }

    private int kept(int candidateCount) {
        return (int) Math.ceil(candidateCount * oversampling);
    }

    private Candidates search(
            float[] queryVector,
            int candidateCount,
            int kept,
            @Nullable BitSet accepted,
            WalkLimits limits,
            @Nullable IntConsumer trace) {
        if (accepted != null && accepted.isEmpty()) {
            return new Candidates(List.of(), new Walk(0, 0, true, Temperature.WARM, 0));
        }
        GraphWalk walk = null;
        try {
            walk = walk();
            Candidates found =
                    run(walk, queryVector, candidateCount, kept, accepted, limits, trace);
            slowStorage = found.walk().temperature() == Temperature.COLD;
            idle.add(walk);
            return found;
        } catch (IOException | RuntimeException e) {
            // Its state is unknown.
            close(walk);
            throw failed(e);
        }
    }

    private Candidates run(
            GraphWalk walk,
            float[] queryVector,
            int candidateCount,
            int kept,
            @Nullable BitSet accepted,
            WalkLimits limits,
            @Nullable IntConsumer trace)
            throws IOException {
        int found = Math.min(candidateCount, graph.size(0));
        var task = new GraphWalk.Task(found, kept, limits, codes, slowStorage);
        if (accepted == null) {
            return walk.follow(queryVector, task, Bits.ALL, trace);
        }
        return isScanCheaper(accepted.cardinality(), kept, task.codes() != null)
                ? walk.scan(queryVector, task, accepted)
                : walk.follow(queryVector, task, accepted::get, trace);
    }

    /**
     * A walk expands nodes until it has met {@code kept} accepted ones, one in size/matches of
     * them; a scan looks at the matches only.
     */
    private boolean isScanCheaper(int matches, int kept, boolean byCodes) {
        double size = graph.size(0);
        double expanded = Math.min(size, kept * size / matches);
        double scanned = byCodes ? matches * CODE_COST + Math.min(matches, 4.0 * kept) : matches;
        return scanned <= expanded * EXPANSION_COST;
    }

    private GraphWalk walk() throws IOException {
        GraphWalk pooled = idle.poll();
        return pooled == null ? new GraphWalk(graph, storage) : pooled;
    }

    /**
     * Reads one record from the mount, as a walk would; nothing of a graph that is held whole.
     *
     * @param node any
     * @throws IndexException if it cannot be read, or is damaged
     */
    public void probe(int node) {
        if (heldWhole) {
            return;
        }
        try {
            storage.read(node, ByteBuffer.allocate(storage.layout().bytes()));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private IndexException failed(Exception e) {
        if (e instanceof IndexException index) {
            return index;
        }
        Throwable cause = e instanceof UncheckedIOException io ? io.getCause() : e;
        return new IndexException(
                "%s cannot be searched: %s"
                        .formatted(storage.path(), cause == null ? e : cause.getMessage()),
                e);
    }

    private static void close(@Nullable GraphWalk walk) {
        if (walk != null) {
            try {
                walk.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Whether codes of the neighbours lie in the records. */
    public boolean isFused() {
        return graph.getFeatureSet().contains(FeatureId.FUSED_PQ);
    }

    @Override
    public void close() {
        for (var walk = idle.poll(); walk != null; walk = idle.poll()) {
            close(walk);
        }
        opened.close();
    }
}
