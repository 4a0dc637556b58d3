package dev.tandem.bench;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.Memory;
import dev.tandem.index.PassageStore;
import dev.tandem.model.Candidates;
import dev.tandem.model.Filter;
import dev.tandem.model.MetadataValue.Whole;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Recall and time of filtered searches by how many passages the filter accepts, against exact
 * search among these. On an index of {@link WideBuild}, whose metadata have no relation to the
 * vectors.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=FilterRecall \
 *     -Dbench.args="VECTORS INDEX QUERIES"</pre>
 */
public final class FilterRecall {

    private static final int K = 10;
    private static final int COUNT = 100;
    private static final double OVERSAMPLING = 2;

    private final VectorFiles files;
    private final Generation generation;
    private final List<float[]> queries = new ArrayList<>();

    private FilterRecall(VectorFiles files, Generation generation, int count) {
        this.files = files;
        this.generation = generation;
        int step = files.queries().length / count;
        for (int i = 0; i < count; i++) {
            queries.add(files.queries()[i * step]);
        }
    }

    public static void main(String[] args) throws Exception {
        try (var files = VectorFiles.open(Path.of(args[0]))) {
            Generation generation = new IndexFolder(Path.of(args[1])).current();
            var bench = new FilterRecall(files, generation, Integer.parseInt(args[2]));
            for (String field : List.of("half", "tenth", "hundredth", "thousandth")) {
                bench.measure(field);
            }
        }
    }

    private void measure(String field) {
        Filter filter = new Filter.OneOf(field, List.of(new Whole(1)));
        try (var store = PassageStore.open(generation)) {
            BitSet accepted = store.matching(filter);
            List<int[]> exact = queries.parallelStream().map(q -> exact(q, accepted)).toList();
            for (Memory memory : Memory.values()) {
                measure(field, filter, store, exact, memory);
            }
        }
    }

    private void measure(
            String field, Filter filter, PassageStore store, List<int[]> exact, Memory memory) {
        var manifest = generation.manifest();
        try (var searcher =
                JVectorCandidateSearcher.open(
                        generation.folder(),
                        manifest.passages(),
                        manifest.dimension(),
                        OVERSAMPLING,
                        memory)) {
            searcher.awaitFetched();
            List<Double> filtering = new ArrayList<>();
            List<Double> all = new ArrayList<>();
            long found = 0;
            long expanded = 0;
            int matches = 0;
            for (int pass = 0; pass < 2; pass++) {
                found = 0;
                expanded = 0;
                filtering.clear();
                all.clear();
                for (int i = 0; i < queries.size(); i++) {
                    long start = System.nanoTime();
                    BitSet accepted = store.matching(filter);
                    filtering.add((System.nanoTime() - start) / 1e6);
                    Candidates candidates =
                            searcher.search(queries.get(i), COUNT, accepted, WalkLimits.NONE);
                    all.add((System.nanoTime() - start) / 1e6);
                    found += found(candidates, exact.get(i));
                    expanded += candidates.walk().expanded();
                    matches = accepted.cardinality();
                }
            }
            System.out.printf(
                    "%-10s %7d of %d, memory %-6s recall@%d %.4f, %6d records, filter p50 %.2f ms, both p50 %.2f p99 %.2f ms%n",
                    field,
                    matches,
                    manifest.passages(),
                    memory,
                    K,
                    (double) found / (K * queries.size()),
                    expanded / queries.size(),
                    at(filtering, 50),
                    at(all, 50),
                    at(all, 99));
        }
    }

    private static double at(List<Double> times, int percent) {
        times.sort(Comparator.naturalOrder());
        return times.get(Math.min(times.size() - 1, times.size() * percent / 100));
    }

    private static long found(Candidates candidates, int[] exact) {
        return candidates.list().stream()
                .filter(c -> Arrays.stream(exact).anyMatch(o -> o == c.ordinal()))
                .count();
    }

    private int[] exact(float[] query, BitSet accepted) {
        float[] vector = new float[files.dimension()];
        float[] scores = new float[files.size()];
        var best = new PriorityQueue<Integer>(Comparator.comparingDouble(i -> scores[i]));
        for (int i = accepted.nextSetBit(0); i >= 0; i = accepted.nextSetBit(i + 1)) {
            files.read(i, vector);
            scores[i] = dot(query, vector);
            best.add(i);
            if (best.size() > K) {
                best.remove();
            }
        }
        return best.stream().mapToInt(Integer::intValue).toArray();
    }

    private static float dot(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
