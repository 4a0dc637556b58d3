package dev.tandem.bench;


import io.github.jbellis.jvector.disk.MemorySegmentReader;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * JVector's own searcher over a mapped graph with float vectors in it. The effort is the size of
 * the walk's queue, JVector's rerankK.
 */
final class JVectorSearcher implements Searcher {

    private final String name;
    private final MemorySegmentReader.Supplier mapped;
    private final OnDiskGraphIndex graph;
    private final GraphSearcher searcher;

    JVectorSearcher(String name, Path file) throws IOException {
        this.name = name;
        mapped = new MemorySegmentReader.Supplier(file);
        graph = OnDiskGraphIndex.load(mapped);
        searcher = new GraphSearcher(graph);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int[] search(float[] query, int k, int effort) {
        var types = VectorizationProvider.getInstance().getVectorTypeSupport();
        var vectors = (OnDiskGraphIndex.View) searcher.getView();
        var scores =
                DefaultSearchScoreProvider.exact(
                        types.createFloatVector(query),
                        VectorSimilarityFunction.DOT_PRODUCT,
                        vectors);
        var result = searcher.search(scores, k, effort, 0f, 0f, Bits.ALL);
        return Arrays.stream(result.getNodes()).mapToInt(node -> node.node).toArray();
    }

    @Override
    public void close() {
        try {
            searcher.close();
            graph.close();
            mapped.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
