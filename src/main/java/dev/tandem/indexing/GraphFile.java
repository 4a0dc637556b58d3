package dev.tandem.indexing;

import dev.tandem.index.IndexManifest.GraphParameters;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndexWriter;
import io.github.jbellis.jvector.graph.disk.OrdinalMapper;
import io.github.jbellis.jvector.graph.disk.feature.Feature;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.disk.feature.FusedPQ;
import io.github.jbellis.jvector.graph.disk.feature.InlineVectors;
import io.github.jbellis.jvector.graph.disk.feature.NVQ;
import io.github.jbellis.jvector.quantization.NVQuantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes a built graph as JVector reads it: a record a node with its vector, its neighbours' codes
 * and its neighbours, so that one read gives all that a walk needs of a node.
 */
final class GraphFile {

    /** Parts of a vector that are encoded each in a range of values of its own. */
    private static final int NVQ_SUBVECTORS = 2;

    private final VectorFile vectors;
    private final BuiltGraph graph;
    private final Map<FeatureId, Feature> features = new EnumMap<>(FeatureId.class);
    private final EnumMap<FeatureId, IntFunction<Feature.State>> states =
            new EnumMap<>(FeatureId.class);

    /**
     * @param lists of at most maxDegree neighbours
     * @param pq the codes that go into the records; none for a graph that is walked by the vectors
     */
    GraphFile(
            VectorFile vectors,
            Adjacency lists,
            GraphParameters parameters,
            int entry,
            VectorEncoding encoding,
            @Nullable PqFile pq) {
        this.vectors = vectors;
        graph = new BuiltGraph(lists, vectors.dimension(), parameters.maxDegree(), entry);
        if (encoding == VectorEncoding.NVQ) {
            addNvq();
        } else {
            addFloat32();
        }
        if (pq != null) {
            addCodes(pq, parameters.maxDegree());
        }
    }

    void write(Path file) throws IOException {
        var builder = new OnDiskGraphIndexWriter.Builder(graph, file);
        builder.withMapper(new OrdinalMapper.IdentityMapper(vectors.size() - 1));
        features.values().forEach(builder::with);
        try (var writer = builder.build()) {
            writer.write(states);
        }
    }

    private void addFloat32() {
        var values = VectorValues.all(vectors);
        add(
                new InlineVectors(vectors.dimension()),
                node -> new InlineVectors.State(values.getVector(node)));
    }

    private void addNvq() {
        var values = VectorValues.all(vectors);
        var quantization = NVQuantization.compute(values, NVQ_SUBVECTORS);
        add(
                new NVQ(quantization),
                node -> new NVQ.State(quantization.encode(values.getVector(node))));
    }

    private void addCodes(PqFile pq, int maxDegree) {
        var view = graph.getView();
        add(
                new FusedPQ(maxDegree, pq.quantization()),
                node -> new FusedPQ.State(view, pq::code, node));
    }

    private void add(Feature feature, IntFunction<Feature.State> state) {
        features.put(feature.id(), feature);
        states.put(feature.id(), state);
    }
}
