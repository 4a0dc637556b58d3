package dev.tandem.candidates;

import dev.tandem.index.IndexLayout;
import dev.tandem.model.IndexException;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A graph that was found to be what its manifest promises.
 *
 * @param storage where its records come from
 * @param graph JVector's view of it
 */
record OpenGraph(GraphStorage storage, OnDiskGraphIndex graph) implements AutoCloseable {

    /**
     * @param generation folder of the generation
     * @param size number of vectors that the manifest promises
     * @param dimension length of a vector that the manifest promises
     * @throws IndexException if the files are not a graph of this size and dimension
     */
    static OpenGraph open(Path generation, int size, int dimension) {
        Path file = IndexLayout.graph(generation);
        try {
            var storage = GraphStorage.open(file, IndexLayout.checksums(generation));
            try {
                var graph = load(file, storage);
                check(file, graph, storage, size, dimension);
                holdEntry(graph, storage);
                return new OpenGraph(storage, graph);
            } catch (IOException | RuntimeException e) {
                storage.close();
                throw e;
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            graph.close();
            storage.close();
        } catch (IOException e) {
            throw new IndexException("Cannot close the graph: " + e.getMessage(), e);
        }
    }

    private static OnDiskGraphIndex load(Path file, GraphStorage storage) {
        try {
            return OnDiskGraphIndex.load(storage);
        } catch (RuntimeException e) {
            // JVector wraps whatever it meets in a bare RuntimeException.
            throw unreadable(file, e);
        }
    }

    private static void check(
            Path file, OnDiskGraphIndex graph, GraphStorage storage, int size, int dimension)
            throws IOException {
        if (graph.size(0) != size || graph.getDimension() != dimension) {
            throw new IndexException(
                    "%s holds %d vectors of dimension %d; the manifest says %d of %d. Build the index again."
                            .formatted(file, graph.size(0), graph.getDimension(), size, dimension));
        }
        RecordLayout layout = RecordLayout.of(graph);
        if (!layout.equals(storage.layout())) {
            throw new IndexException(
                    "%s has %s; its checksums are for %s. Build the index again."
                            .formatted(file, layout, storage.layout()));
        }
    }

    private static void holdEntry(OnDiskGraphIndex graph, GraphStorage storage) throws IOException {
        try (var view = graph.getView()) {
            storage.holdEntry(view.entryNode().node);
        }
    }

    private static IndexException unreadable(Path file, Exception e) {
        return new IndexException(
                file + " cannot be read as a graph: " + e + ". Build the index again.", e);
    }
}
