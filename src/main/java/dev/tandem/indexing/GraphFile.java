package dev.tandem.indexing;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.index.IndexManifest.GraphParameters;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Builds a graph over vectors and writes both into one file. */
final class GraphFile {

    private GraphFile() {}

    /**
     * @param vectors in the order of their ordinals
     */
    static void write(List<VectorFloat<?>> vectors, GraphParameters parameters, Path file)
            throws IOException {
        int dimension = vectors.getFirst().length();
        var values = new ListRandomAccessVectorValues(vectors, dimension);
        var scores =
                BuildScoreProvider.randomAccessScoreProvider(
                        values, JVectorCandidateSearcher.SIMILARITY);
        try (var builder =
                GraphIndexBuilder.builder(scores, dimension, parameters.maxDegree())
                        .withBeamWidth(parameters.beamWidth())
                        .withNeighborOverflow(parameters.neighborOverflow())
                        .withAlpha(parameters.alpha())
                        .build()) {
            OnDiskGraphIndex.write(builder.build(values), values, file);
        }
    }
}
