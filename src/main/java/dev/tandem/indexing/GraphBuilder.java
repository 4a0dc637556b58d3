package dev.tandem.indexing;

import dev.tandem.index.IndexManifest.GraphParameters;

/**
 * Links nodes into a graph that a greedy walk can follow (Vamana): each new node is looked for in
 * the graph so far, the nodes met on the way are its candidates, and the chosen ones link back. The
 * lists and what they are compared by lie in mapped files, so that the heap it needs does not
 * depend on the number of nodes.
 *
 * <p>{@link Worker#insert} may run in several threads, each with a worker of its own.
 */
final class GraphBuilder {

    private final Int8Codes codes;
    private final Adjacency graph;
    private final GraphParameters parameters;
    private final int entry;

    /**
     * @param graph with room for {@link #capacity}
     * @param entry where every walk begins; must be the first node that is inserted
     */
    GraphBuilder(Int8Codes codes, Adjacency graph, GraphParameters parameters, int entry) {
        this.codes = codes;
        this.graph = graph;
        this.parameters = parameters;
        this.entry = entry;
    }

    /** Most neighbours that a node has while the graph is built. */
    static int capacity(GraphParameters parameters) {
        return Math.max(
                parameters.maxDegree() + 1,
                (int) (parameters.maxDegree() * parameters.neighborOverflow()));
    }

    Worker worker() {
        return new Worker();
    }

    /** What a thread needs to insert nodes. */
    final class Worker {

        private final Beam beam = new Beam(parameters.beamWidth());
        private final VisitedNodes visited = new VisitedNodes();
        private final NeighborSelection selection =
                new NeighborSelection(
                        codes,
                        parameters.maxDegree(),
                        parameters.alpha(),
                        Math.max(parameters.beamWidth(), graph.capacity() + 1));
        private final Beam overfull = new Beam(graph.capacity() + 1);
        private final byte[] code = new byte[codes.dimension()];
        private final byte[] other = new byte[codes.dimension()];
        private final int[] neighbors = new int[graph.capacity()];
        private final int[] chosen = new int[parameters.maxDegree()];
        private final int[] changed = new int[parameters.maxDegree()];
        private float scale;

        /** Links a node with its neighbours, in both directions. */
        void insert(int node) {
            walk(node);
            selection.clear();
            for (int i = 0; i < beam.size(); i++) {
                if (beam.node(i) != node) {
                    selection.add(beam.node(i), beam.score(i));
                }
            }
            int count = selection.select(chosen);
            synchronized (graph.lock(node)) {
                graph.write(node, chosen, count);
            }
            for (int i = 0; i < count; i++) {
                link(chosen[i], node);
            }
        }

        /** Cuts a node's list to the final degree. */
        void trim(int node) {
            synchronized (graph.lock(node)) {
                int count = graph.read(node, neighbors);
                if (count > parameters.maxDegree()) {
                    prune(node, count);
                }
            }
        }

        /** The nodes nearest to a node that a walk finds, best first. */
        Beam walk(int node) {
            scale = codes.read(node, code);
            beam.clear();
            visited.clear();
            visited.add(entry);
            beam.add(entry, cosine(entry));
            for (int at = beam.follow(); at >= 0; at = beam.follow()) {
                int count;
                synchronized (graph.lock(at)) {
                    count = graph.read(at, neighbors);
                }
                meet(count);
            }
            return beam;
        }

        private void meet(int count) {
            for (int i = 0; i < count; i++) {
                if (visited.add(neighbors[i])) {
                    float score = cosine(neighbors[i]);
                    if (beam.takes(score)) {
                        beam.add(neighbors[i], score);
                    }
                }
            }
        }

        /** Adds {@code node} to another one's list. */
        private void link(int from, int node) {
            synchronized (graph.lock(from)) {
                int count = graph.read(from, neighbors);
                for (int i = 0; i < count; i++) {
                    if (neighbors[i] == node) {
                        return;
                    }
                }
                if (count < graph.capacity()) {
                    neighbors[count] = node;
                    graph.write(from, neighbors, count + 1);
                } else {
                    prune(from, count, node);
                }
            }
        }

        private void prune(int node, int count) {
            prune(node, count, node);
        }

        /**
         * Chooses anew among a node's neighbours and one more.
         *
         * @param more the node itself for none
         */
        private void prune(int node, int count, int more) {
            float nodeScale = codes.read(node, code);
            overfull.clear();
            for (int i = 0; i <= count; i++) {
                int candidate = i < count ? neighbors[i] : more;
                if (candidate != node) {
                    float candidateScale = codes.read(candidate, other);
                    overfull.add(
                            candidate, Int8Codes.cosine(code, nodeScale, other, candidateScale));
                }
            }
            selection.clear();
            for (int i = 0; i < overfull.size(); i++) {
                selection.add(overfull.node(i), overfull.score(i));
            }
            graph.write(node, changed, selection.select(changed));
        }

        private float cosine(int node) {
            float otherScale = codes.read(node, other);
            return Int8Codes.cosine(code, scale, other, otherScale);
        }
    }
}
