package dev.tandem.bench;


import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;

import java.nio.file.Path;

/**
 * Builds a plain JVector graph over a {@link VectorFiles} folder, with the parameters of the index
 * build; the vectors stay mapped.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=JVectorGraph -Dbench.jvm=-Xmx4g \
 *     -Dbench.args="VECTORS GRAPH"</pre>
 */
public final class JVectorGraph {

    private static final int MAX_DEGREE = 32;
    private static final int BEAM_WIDTH = 100;
    private static final float NEIGHBOR_OVERFLOW = 1.2f;
    private static final float ALPHA = 1.2f;

    private JVectorGraph() {}

    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        try (var files = VectorFiles.open(Path.of(args[0]))) {
            var values = new MappedVectors(files);
            var scores =
                    BuildScoreProvider.randomAccessScoreProvider(
                            values, VectorSimilarityFunction.DOT_PRODUCT);
            try (var builder =
                    GraphIndexBuilder.builder(scores, values.dimension(), MAX_DEGREE)
                            .withBeamWidth(BEAM_WIDTH)
                            .withNeighborOverflow(NEIGHBOR_OVERFLOW)
                            .withAlpha(ALPHA)
                            .build()) {
                OnDiskGraphIndex.write(builder.build(values), values, Path.of(args[1]));
            }
            System.out.printf(
                    "%,d vectors, %.0f s%n", files.size(), (System.nanoTime() - start) / 1e9);
        }
    }

    /** Reads each vector anew from the map; safe for any number of threads. */
    private static final class MappedVectors implements RandomAccessVectorValues {

        private final VectorTypeSupport types =
                VectorizationProvider.getInstance().getVectorTypeSupport();
        private final VectorFiles files;

        MappedVectors(VectorFiles files) {
            this.files = files;
        }

        @Override
        public int size() {
            return files.size();
        }

        @Override
        public int dimension() {
            return files.dimension();
        }

        @Override
        public VectorFloat<?> getVector(int ordinal) {
            float[] vector = new float[files.dimension()];
            files.read(ordinal, vector);
            return types.createFloatVector(vector);
        }

        @Override
        public boolean isValueShared() {
            return false;
        }

        @Override
        public RandomAccessVectorValues copy() {
            return this;
        }
    }
}
