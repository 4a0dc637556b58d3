package dev.tandem.indexing;

import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.NodesIterator;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction;
import io.github.jbellis.jvector.util.Bits;
import java.util.List;

/** Neighbour lists as JVector's writer wants to see a graph: one layer, every ordinal a node. */
final class BuiltGraph implements ImmutableGraphIndex {

    private static final String WRITTEN_ONLY = "This graph is written, not searched.";

    private final Adjacency lists;
    private final int dimension;
    private final int maxDegree;
    private final int entry;

    BuiltGraph(Adjacency lists, int dimension, int maxDegree, int entry) {
        this.lists = lists;
        this.dimension = dimension;
        this.maxDegree = maxDegree;
        this.entry = entry;
    }

    @Override
    public int size(int level) {
        return lists.size();
    }

    @Override
    public int getIdUpperBound() {
        return lists.size();
    }

    @Override
    public boolean containsNode(int node) {
        return node >= 0 && node < lists.size();
    }

    @Override
    public int getDimension() {
        return dimension;
    }

    @Override
    public int maxDegree() {
        return maxDegree;
    }

    @Override
    public int getDegree(int level) {
        return maxDegree;
    }

    @Override
    public List<Integer> maxDegrees() {
        return List.of(maxDegree);
    }

    @Override
    public boolean isHierarchical() {
        return false;
    }

    @Override
    public int getMaxLevel() {
        return 0;
    }

    @Override
    public View getView() {
        return new Lists();
    }

    @Override
    public NodesIterator getNodes(int level) {
        throw new UnsupportedOperationException(WRITTEN_ONLY);
    }

    @Override
    public double getAverageDegree(int level) {
        throw new UnsupportedOperationException(WRITTEN_ONLY);
    }

    @Override
    public long ramBytesUsed() {
        return 0;
    }

    @Override
    public void close() {
        // The lists belong to the build.
    }

    private final class Lists implements View {

        private final int[] neighbors = new int[lists.capacity()];

        @Override
        public NodesIterator getNeighborsIterator(int level, int node) {
            return new NodesIterator.ArrayNodesIterator(neighbors, lists.read(node, neighbors));
        }

        @Override
        public NodeAtLevel entryNode() {
            return new NodeAtLevel(0, entry);
        }

        @Override
        @SuppressWarnings("deprecation") // abstract in the interface
        public int size() {
            return lists.size();
        }

        @Override
        public boolean contains(int level, int node) {
            return level == 0 && containsNode(node);
        }

        @Override
        public Bits liveNodes() {
            return Bits.ALL;
        }

        @Override
        public void processNeighbors(
                int level,
                int node,
                ScoreFunction score,
                IntMarker visited,
                NeighborProcessor processor) {
            throw new UnsupportedOperationException(WRITTEN_ONLY);
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
