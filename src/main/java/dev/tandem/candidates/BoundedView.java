package dev.tandem.candidates;

import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.NodesIterator;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction.ExactScoreFunction;
import io.github.jbellis.jvector.util.Bits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a walk in time. JVector's search cannot be interrupted; but when a node has no neighbours to
 * give, it takes what it has met so far and comes to its end by itself. Before the limits are
 * reached, every call goes to JVector's own view, in the same order and with the same results.
 *
 * <p>Where the walk goes by codes, the exact similarity of a node is taken when it is expanded: its
 * vector lies in the record that was read for its neighbours.
 */
final class BoundedView implements ImmutableGraphIndex.View {

    private final OnDiskGraphIndex.View view;
    private final RecordReader reader;
    private final NodeScores exactScores = new NodeScores();
    private WalkLimits limits = WalkLimits.NONE;
    private @Nullable ExactScoreFunction exact;
    private @Nullable IntConsumer onExpand;
    private int visited;
    private int expanded;
    private boolean complete;
    private ImmutableGraphIndex.NodeAtLevel entry;

    BoundedView(OnDiskGraphIndex.View view, RecordReader reader) {
        this.view = view;
        this.reader = reader;
        entry = view.entryNode();
    }

    /**
     * Begins a walk.
     *
     * @param exactScore of nodes that are expanded; null if the walk goes by it anyway
     * @param trace gets every node that is expanded
     * @param entryNode where to begin; -1 for the graph's own entry node
     */
    void begin(
            WalkLimits walkLimits,
            @Nullable ExactScoreFunction exactScore,
            @Nullable IntConsumer trace,
            int entryNode) {
        entry =
                entryNode < 0
                        ? view.entryNode()
                        : new ImmutableGraphIndex.NodeAtLevel(0, entryNode);
        limits = walkLimits;
        exact = exactScore;
        onExpand = trace;
        exactScores.clear();
        visited = 1;
        expanded = 0;
        complete = true;
    }

    /** Nodes that were scored, the entry node among them. */
    int visited() {
        return visited;
    }

    int expanded() {
        return expanded;
    }

    boolean isComplete() {
        return complete;
    }

    /** The exact score of a node if it was expanded, else {@code approximate}. */
    float score(int node, float approximate) {
        return exactScores.get(node, approximate);
    }

    @Override
    public void processNeighbors(
            int level,
            int node,
            ScoreFunction scores,
            ImmutableGraphIndex.IntMarker marker,
            ImmutableGraphIndex.NeighborProcessor processor) {
        if (!mayExpand(node)) {
            return;
        }
        expanded++;
        view.processNeighbors(
                level,
                node,
                scores,
                marker,
                (neighbor, score) -> {
                    visited++;
                    reader.expect(neighbor, score);
                    processor.process(neighbor, score);
                });
        if (exact != null) {
            exactScores.put(node, exact.similarityTo(node));
        }
        if (onExpand != null) {
            onExpand.accept(node);
        }
        reader.readAhead();
    }

    private boolean mayExpand(int node) {
        try {
            complete =
                    complete
                            && limits.allowStep(expanded, reader.isInMemory(node))
                            && reader.load(node, expanded == 0 ? null : limits.deadline());
            return complete;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public NodesIterator getNeighborsIterator(int level, int node) {
        return view.getNeighborsIterator(level, node);
    }

    @Override
    public ImmutableGraphIndex.NodeAtLevel entryNode() {
        return entry;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in the interface
    public int size() {
        return view.getIdUpperBound();
    }

    @Override
    public int getIdUpperBound() {
        return view.getIdUpperBound();
    }

    @Override
    public boolean contains(int level, int node) {
        return view.contains(level, node);
    }

    @Override
    public Bits liveNodes() {
        return view.liveNodes();
    }

    @Override
    public void close() throws IOException {
        view.close();
    }
}
