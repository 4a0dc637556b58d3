package dev.tandem.candidates;

import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.feature.Feature;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import java.io.IOException;

/**
 * Where the records of a graph file lie: one a node, all of one length, in the order of their
 * ordinals. A record is the ordinal, the features, the number of neighbours and the neighbours.
 *
 * @param start of the first record in the file, bytes
 * @param bytes of a record
 * @param count of records
 */
record RecordLayout(long start, int bytes, int count) {

    static RecordLayout of(OnDiskGraphIndex graph) throws IOException {
        int features = graph.getFeatures().values().stream().mapToInt(Feature::featureSize).sum();
        int bytes = Integer.BYTES + features + Integer.BYTES * (1 + graph.getDegree(0));
        FeatureId first = graph.getFeatures().keySet().iterator().next();
        try (var view = graph.getView()) {
            long start = view.featureReaderForNode(0, first).getPosition() - Integer.BYTES;
            return new RecordLayout(start, bytes, graph.size(0));
        }
    }

    /** Behind the last record. */
    long end() {
        return start + (long) bytes * count;
    }

    boolean holds(long position) {
        return position >= start && position < end();
    }

    int record(long position) {
        return (int) ((position - start) / bytes);
    }

    long offset(int record) {
        return start + (long) record * bytes;
    }
}
