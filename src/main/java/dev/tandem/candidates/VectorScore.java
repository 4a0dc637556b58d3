package dev.tandem.candidates;

import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.similarity.ScoreFunction.ExactScoreFunction;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * How near a query is to nodes by the vectors in their records, of norm 1: by {@link DotProduct},
 * on JVector's scale {@code (1 + dot) / 2}. Belongs to one thread at a time.
 */
final class VectorScore implements ExactScoreFunction {

    private final OnDiskGraphIndex.View records;
    private final float[] query;
    private final float[] vector;

    VectorScore(OnDiskGraphIndex.View records, float[] query) {
        this.records = records;
        this.query = query;
        vector = new float[query.length];
    }

    @Override
    public float similarityTo(int node) {
        try {
            records.featureReaderForNode(node, FeatureId.INLINE_VECTORS)
                    .read(vector, 0, vector.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (1 + DotProduct.of(query, vector)) / 2;
    }
}
