package dev.tandem.candidates;

import dev.tandem.index.IndexLayout;
import dev.tandem.index.StorageFile;
import io.github.jbellis.jvector.disk.SimpleReader;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.util.Bits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

/**
 * Writes what lies beside a graph file: the checksums of its records, and its hot region, which is
 * found by walking the graph for sample queries and counting where they pass.
 */
public final class GraphSidecars {

    /** The hot region's share of the records. */
    private static final double HOT_SHARE = 0.03;

    private static final long HOT_MOST_BYTES = 48L << 20;

    /** What a sample walk looks for; as many as requests do. */
    private static final int SAMPLE_CANDIDATES = 100;

    private static final int SAMPLE_KEPT = 200;

    private GraphSidecars() {}

    /**
     * @param generation folder that holds the finished graph
     * @param samples vectors like those of queries, each float[dimension] of norm 1
     * @param heldWhole records that take up to so many bytes need no hot region
     * @return number of hot records; 0 for a graph that is held whole
     */
    public static int write(Path generation, List<float[]> samples, long heldWhole)
            throws IOException {
        Path file = IndexLayout.graph(generation);
        Path checksums = IndexLayout.checksums(generation);
        RecordLayout layout;
        try (var simple = new SimpleReader.Supplier(file);
                var graph = OnDiskGraphIndex.load(simple);
                var storage = StorageFile.open(file)) {
            layout = RecordLayout.of(graph);
            RecordChecksums.write(storage, layout, checksums);
        }
        if ((long) layout.bytes() * layout.count() <= heldWhole) {
            return 0;
        }
        try (var storage = GraphStorage.open(file, checksums);
                var graph = OnDiskGraphIndex.load(storage);
                var source = StorageFile.open(file)) {
            int[] hot = hottest(count(graph, storage, samples), layout);
            HotRegion.write(source, layout, hot, IndexLayout.hot(generation));
            return hot.length;
        }
    }

    /** How often each node is expanded by the samples' walks. */
    private static Map<Integer, Integer> count(
            OnDiskGraphIndex graph, GraphStorage storage, List<float[]> samples)
            throws IOException {
        var task = new GraphWalk.Task(SAMPLE_CANDIDATES, SAMPLE_KEPT, WalkLimits.NONE, null, false);
        Map<Integer, Integer> counts = new HashMap<>();
        try (var walk = new GraphWalk(graph, storage)) {
            for (float[] sample : samples) {
                walk.follow(sample, task, Bits.ALL, node -> counts.merge(node, 1, Integer::sum));
            }
        }
        return counts;
    }

    private static int[] hottest(Map<Integer, Integer> counts, RecordLayout layout) {
        long most = Math.min((long) (layout.count() * HOT_SHARE), HOT_MOST_BYTES / layout.bytes());
        return counts.entrySet().stream()
                .sorted(
                        Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                                .thenComparing(Entry.comparingByKey()))
                .limit(most)
                .mapToInt(Entry::getKey)
                .toArray();
    }
}
