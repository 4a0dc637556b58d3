package dev.tandem.candidates;

import dev.tandem.model.Candidate;
import dev.tandem.model.Candidates;
import dev.tandem.model.Temperature;
import dev.tandem.model.Walk;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.SearchResult.NodeScore;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction.ExactScoreFunction;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * JVector's searcher with all that one walk at a time needs: a reader, its queues, the scores it
 * took. Used from walk to walk, by one thread at a time.
 */
final class GraphWalk implements AutoCloseable {

    /** Vectors have norm 1, so the dot product is their cosine. */
    private static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.DOT_PRODUCT;

    /** Codes are some percent off: so many times more are looked at by their vectors. */
    private static final int CODES_OVERSAMPLING = 4;

    private final OnDiskGraphIndex graph;
    private final GraphStorage storage;
    private final RecordReader reader;
    private final OnDiskGraphIndex.View vectors;
    private final BoundedView view;
    private final GraphSearcher searcher;

    GraphWalk(OnDiskGraphIndex graph, GraphStorage storage) throws IOException {
        // Initialises the interface, which a native executable takes as done by a class that
        // implements it; that class would then read null.
        Objects.requireNonNull(ScoreFunction.vts);
        this.graph = graph;
        this.storage = storage;
        reader = storage.get();
        vectors = graph.new View(reader);
        view = new BoundedView(vectors, reader);
        searcher = new GraphSearcher(graph);
        searcher.getView().close();
        searcher.setView(view);
    }

    /**
     * What to look for, and how.
     *
     * @param count of candidates
     * @param kept nodes that the walk keeps; at least {@code count}
     * @param codes of all vectors for scans, if they are in memory
     * @param slowStorage see {@link RecordReader#begin}
     */
    record Task(
            int count,
            int kept,
            WalkLimits limits,
            @Nullable PQVectors codes,
            boolean slowStorage) {}

    /** Follows the graph. */
    Candidates follow(float[] query, Task task, Bits accepted, @Nullable IntConsumer trace) {
        reader.begin(task.slowStorage());
        ExactScoreFunction exact = exact(query);
        ScoreFunction scores =
                graph.getFeatureSet().contains(FeatureId.FUSED_PQ)
                        ? vectors.approximateScoreFunctionFor(ofJVector(query), SIMILARITY)
                        : exact;
        int landmark = scores.isExact() ? -1 : landmark(task, exact);
        view.begin(task.limits(), scores.isExact() ? null : exact, trace, landmark);
        var provider =
                new OneScore(landmark < 0 ? scores : new EntryScore(scores, exact, landmark));
        NodeScore[] nodes =
                searcher.search(provider, task.kept(), task.kept(), 0f, 0f, accepted).getNodes();
        List<Candidate> found = new ArrayList<>(nodes.length);
        for (NodeScore node : nodes) {
            found.add(new Candidate(node.node, cosine(view.score(node.node, node.score))));
        }
        found.sort(BestCandidates.BEST_FIRST);
        return new Candidates(
                found.subList(0, Math.min(task.count(), found.size())),
                walk(view.visited(), view.expanded(), view.isComplete()));
    }

    /** Looks at every accepted node, as suits a few; in the order of their ordinals. */
    Candidates scan(float[] query, Task task, BitSet accepted) throws IOException {
        reader.begin(task.slowStorage());
        BitSet near = shortList(query, task, accepted);
        near.stream().forEach(node -> reader.expect(node, -node));
        ExactScoreFunction exact = exact(query);
        var best = new BestCandidates(task.count());
        int read = 0;
        for (int node = near.nextSetBit(0); node >= 0; node = near.nextSetBit(node + 1)) {
            reader.readAhead();
            if (!mayRead(node, read, task.limits())) {
                break;
            }
            best.offer(node, cosine(exact.similarityTo(node)));
            read++;
        }
        boolean complete = read == near.cardinality();
        return new Candidates(best.list(), walk(accepted.cardinality(), read, complete));
    }

    /** By the vectors themselves where the records hold them. */
    private ExactScoreFunction exact(float[] query) {
        return graph.getFeatureSet().contains(FeatureId.INLINE_VECTORS)
                ? new VectorScore(vectors, query)
                : vectors.rerankerFor(ofJVector(query), SIMILARITY);
    }

    private static VectorFloat<?> ofJVector(float[] vector) {
        return VectorizationProvider.getInstance().getVectorTypeSupport().createFloatVector(vector);
    }

    private Walk walk(int visited, int expanded, boolean complete) {
        return new Walk(visited, expanded, complete, temperature(), reader.bytesRead());
    }

    private boolean mayRead(int node, int read, WalkLimits limits) throws IOException {
        return limits.allowStep(read, reader.isInMemory(node))
                && reader.load(node, read == 0 ? null : limits.deadline());
    }

    /** With codes in memory, what is near by them; else all. */
    private static BitSet shortList(float[] query, Task task, BitSet accepted) {
        PQVectors codes = task.codes();
        int most = CODES_OVERSAMPLING * task.kept();
        if (codes == null || accepted.cardinality() <= most) {
            return accepted;
        }
        ScoreFunction scores = codes.precomputedScoreFunctionFor(ofJVector(query), SIMILARITY);
        var best = new BestCandidates(most);
        for (int node = accepted.nextSetBit(0); node >= 0; node = accepted.nextSetBit(node + 1)) {
            best.offer(node, scores.similarityTo(node));
        }
        BitSet near = new BitSet();
        best.list().forEach(candidate -> near.set(candidate.ordinal()));
        return near;
    }

    @Override
    public void close() throws IOException {
        searcher.close();
    }

    /**
     * On slow storage every step towards the query's neighbourhood waits for a read; the nearest of
     * some nodes that are in memory is most of the way already. Without a deadline the walk is
     * JVector's own.
     *
     * @return -1 for the graph's own entry node
     */
    private int landmark(Task task, ExactScoreFunction exact) {
        boolean inAHurry = task.slowStorage() && task.limits().deadline() != null;
        HotRegion hot = inAHurry ? storage.hot() : null;
        int nearest = -1;
        if (hot != null) {
            float best = Float.NEGATIVE_INFINITY;
            for (int node : hot.landmarks()) {
                float score = exact.similarityTo(node);
                if (score > best) {
                    best = score;
                    nearest = node;
                }
            }
        }
        return nearest;
    }

    private Temperature temperature() {
        return reader.slowReads() > 0 ? Temperature.COLD : Temperature.WARM;
    }

    /** JVector maps a dot product to {@code (1 + dot) / 2}. */
    private static float cosine(float score) {
        return 2 * score - 1;
    }

    /** The codes in the records are the neighbours'; a walk's first node is nobody's. */
    private record EntryScore(ScoreFunction codes, ExactScoreFunction exact, int entry)
            implements ScoreFunction.ApproximateScoreFunction {

        @Override
        public float similarityTo(int node) {
            return node == entry ? exact.similarityTo(node) : codes.similarityTo(node);
        }

        @Override
        public float similarityToNeighbor(int origin, int neighborIndex) {
            return codes.similarityToNeighbor(origin, neighborIndex);
        }

        @Override
        public void enableSimilarityToNeighbors(int origin) {
            codes.enableSimilarityToNeighbors(origin);
        }

        @Override
        public boolean supportsSimilarityToNeighbors() {
            return codes.supportsSimilarityToNeighbors();
        }
    }

    /** Scores to walk by; the exact ones are taken on the way, by {@link BoundedView}. */
    private record OneScore(ScoreFunction scoreFunction) implements SearchScoreProvider {

        @Override
        public @Nullable ExactScoreFunction reranker() {
            return null;
        }

        @Override
        public @Nullable ExactScoreFunction exactScoreFunction() {
            return null;
        }
    }
}
