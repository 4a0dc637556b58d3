package dev.tandem.candidates;

import dev.tandem.model.Candidate;
import dev.tandem.model.IndexException;
import io.github.jbellis.jvector.disk.MemorySegmentReader;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Walks a JVector graph in a memory-mapped file. Searchers are pooled: they keep their queues and
 * visited sets from call to call.
 */
public final class JVectorCandidateSearcher implements CandidateSearcher {

    /** Vectors have norm 1, so the dot product is their cosine. */
    public static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.DOT_PRODUCT;

    private static final Comparator<Candidate> BEST_FIRST =
            Comparator.comparingDouble(Candidate::similarity)
                    .reversed()
                    .thenComparingInt(Candidate::ordinal);

    private final MemorySegmentReader.Supplier mapped;
    private final OnDiskGraphIndex graph;
    private final double oversampling;
    private final ConcurrentLinkedQueue<GraphSearcher> idle = new ConcurrentLinkedQueue<>();

    private JVectorCandidateSearcher(
            MemorySegmentReader.Supplier mapped, OnDiskGraphIndex graph, double oversampling) {
        this.mapped = mapped;
        this.graph = graph;
        this.oversampling = oversampling;
    }

    /**
     * @param file the graph with its vectors
     * @param size number of vectors that the manifest promises
     * @param dimension length of a vector that the manifest promises
     * @param oversampling the walk keeps {@code candidateCount * oversampling} nodes; more finds
     *     more of the true neighbours and takes longer; at least 1
     * @throws IndexException if the file is not a graph of this size and dimension
     */
    public static JVectorCandidateSearcher open(
            Path file, int size, int dimension, double oversampling) {
        // By name: JVector's factory looks its reader up by reflection and may fall back silently.
        try {
            var mapped = new MemorySegmentReader.Supplier(file);
            try {
                var graph = load(file, mapped);
                check(file, graph, size, dimension);
                return new JVectorCandidateSearcher(mapped, graph, oversampling);
            } catch (IndexException e) {
                mapped.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static OnDiskGraphIndex load(Path file, MemorySegmentReader.Supplier mapped) {
        try {
            return OnDiskGraphIndex.load(mapped);
        } catch (RuntimeException e) {
            // JVector wraps whatever it meets in a bare RuntimeException.
            throw unreadable(file, e);
        }
    }

    private static void check(Path file, OnDiskGraphIndex graph, int size, int dimension) {
        if (graph.size(0) != size || graph.getDimension() != dimension) {
            throw new IndexException(
                    "%s holds %d vectors of dimension %d; the manifest says %d of %d. Build the index again."
                            .formatted(file, graph.size(0), graph.getDimension(), size, dimension));
        }
    }

    private static IndexException unreadable(Path file, Exception e) {
        return new IndexException(
                file + " cannot be read as a graph: " + e + ". Build the index again.", e);
    }

    @Override
    public List<Candidate> search(
            float[] queryVector, int candidateCount, @Nullable BitSet accepted) {
        if (accepted != null && accepted.isEmpty()) {
            return List.of();
        }
        Bits bits = accepted == null ? Bits.ALL : accepted::get;
        GraphSearcher pooled = idle.poll();
        GraphSearcher searcher = pooled == null ? new GraphSearcher(graph) : pooled;
        try {
            return candidates(walk(searcher, queryVector, candidateCount, bits));
        } finally {
            idle.add(searcher);
        }
    }

    @Override
    public void close() {
        try {
            for (var searcher = idle.poll(); searcher != null; searcher = idle.poll()) {
                searcher.close();
            }
            graph.close();
            mapped.close();
        } catch (IOException e) {
            throw new IndexException("Cannot close the graph: " + e.getMessage(), e);
        }
    }

    private SearchResult walk(
            GraphSearcher searcher, float[] queryVector, int candidateCount, Bits accepted) {
        var types = VectorizationProvider.getInstance().getVectorTypeSupport();
        var query = types.createFloatVector(queryVector);
        var vectors = (OnDiskGraphIndex.View) searcher.getView();
        var scores = DefaultSearchScoreProvider.exact(query, SIMILARITY, vectors);
        int found = Math.min(candidateCount, graph.size(0));
        int kept = Math.max(found, (int) Math.ceil(candidateCount * oversampling));
        // JVector's own word for the size of the walk's queue is rerankK.
        return searcher.search(scores, found, kept, 0f, 0f, accepted);
    }

    private static List<Candidate> candidates(SearchResult result) {
        return Arrays.stream(result.getNodes())
                .map(node -> new Candidate(node.node, cosine(node.score)))
                .sorted(BEST_FIRST)
                .toList();
    }

    /** JVector maps a dot product to {@code (1 + dot) / 2}. */
    private static float cosine(float score) {
        return 2 * score - 1;
    }
}
