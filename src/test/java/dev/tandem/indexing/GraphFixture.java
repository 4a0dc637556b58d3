package dev.tandem.indexing;

import dev.tandem.index.IndexManifest.GraphParameters;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Graphs over vectors that a test made up, written as a build writes them. */
public final class GraphFixture {
    private GraphFixture() {}

    public static void write(List<float[]> vectors, Path file) throws IOException {
        var types = VectorizationProvider.getInstance().getVectorTypeSupport();
        List<VectorFloat<?>> copies = new ArrayList<>();
        for (float[] vector : vectors) {
            copies.add(types.createFloatVector(vector));
        }
        GraphFile.write(copies, new GraphParameters(32, 100, 1.2f, 1.2f), file);
    }
}
