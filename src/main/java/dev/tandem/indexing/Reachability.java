package dev.tandem.indexing;

import java.util.BitSet;

/** Sees to it that a path leads from the entry node to every node of a finished graph. */
final class Reachability {

    private static final int CONNECT_ROUNDS = 8;

    private final Adjacency graph;
    private final int maxDegree;
    private final int entry;

    Reachability(Adjacency graph, int maxDegree, int entry) {
        this.graph = graph;
        this.maxDegree = maxDegree;
        this.entry = entry;
    }

    /** Links nodes that no path from the entry node reaches to the nearest ones that one does. */
    void connect(GraphBuilder.Worker worker) {
        for (int round = 0; round < CONNECT_ROUNDS; round++) {
            BitSet reached = reached();
            if (reached.cardinality() == graph.size()) {
                return;
            }
            for (int node = reached.nextClearBit(0);
                    node < graph.size();
                    node = reached.nextClearBit(node + 1)) {
                attach(node, worker.walk(node));
            }
        }
        throw new IllegalStateException(
                "Some passages cannot be reached in the graph. This is a bug.");
    }

    /**
     * Gives the nearest node that has room a link to {@code node}. If none has, it steps between
     * one of them and its last neighbour: what was reached stays so.
     */
    private void attach(int node, Beam nearest) {
        int[] neighbors = new int[graph.capacity()];
        for (int i = 0; i < nearest.size(); i++) {
            int count = graph.read(nearest.node(i), neighbors);
            if (nearest.node(i) == node || contains(neighbors, count, node)) {
                // Reached since, by way of another one.
                return;
            }
            if (count < maxDegree) {
                neighbors[count] = node;
                graph.write(nearest.node(i), neighbors, count + 1);
                return;
            }
        }
        // Not always the nearest: many copies of one passage would become one long chain.
        stepIn(nearest.node(node % nearest.size()), node, neighbors);
    }

    private void stepIn(int before, int node, int[] neighbors) {
        int count = graph.read(before, neighbors);
        int behind = neighbors[count - 1];
        neighbors[count - 1] = node;
        graph.write(before, neighbors, count);
        count = graph.read(node, neighbors);
        if (!contains(neighbors, count, behind)) {
            int last = Math.min(count, maxDegree - 1);
            neighbors[last] = behind;
            graph.write(node, neighbors, last + 1);
        }
    }

    private static boolean contains(int[] neighbors, int count, int node) {
        for (int i = 0; i < count; i++) {
            if (neighbors[i] == node) {
                return true;
            }
        }
        return false;
    }

    private BitSet reached() {
        BitSet reached = new BitSet(graph.size());
        BitSet frontier = new BitSet(graph.size());
        reached.set(entry);
        frontier.set(entry);
        int[] neighbors = new int[graph.capacity()];
        while (!frontier.isEmpty()) {
            BitSet following = new BitSet(graph.size());
            for (int node = frontier.nextSetBit(0);
                    node >= 0;
                    node = frontier.nextSetBit(node + 1)) {
                int count = graph.read(node, neighbors);
                for (int i = 0; i < count; i++) {
                    if (!reached.get(neighbors[i])) {
                        reached.set(neighbors[i]);
                        following.set(neighbors[i]);
                    }
                }
            }
            frontier = following;
        }
        return reached;
    }
}
