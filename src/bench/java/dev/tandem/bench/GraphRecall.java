package dev.tandem.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.candidates.BiEncoder;
import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.Memory;
import dev.tandem.model.Candidate;
import dev.tandem.onnx.ModelFolder;
import io.github.jbellis.jvector.disk.MemorySegmentReader;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.vector.VectorUtil;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Recall of the graph walk against exact search over the same vectors, by oversampling.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=GraphRecall \
 *     -Dbench.args="INDEX QUERIES.jsonl CANDIDATES"</pre>
 */
public final class GraphRecall {

    private static final double[] OVERSAMPLING = {1, 1.25, 1.5, 2, 3};

    private GraphRecall() {}

    public static void main(String[] args) throws Exception {
        Generation generation = new IndexFolder(Path.of(args[0])).current();
        int count = Integer.parseInt(args[2]);
        List<float[]> queries = new ArrayList<>();
        var json = new ObjectMapper();
        try (var encoder = BiEncoder.open(ModelFolder.open(Path.of("models"), generation.manifest().biEncoder().name()))) {
            for (String line : Files.readAllLines(Path.of(args[1]))) {
                queries.add(encoder.encodeQuery(json.readTree(line).path("text").asText()));
            }
        }
        List<Set<Integer>> exact = exact(generation, queries, count);
        for (double oversampling : OVERSAMPLING) {
            measure(generation, queries, exact, count, oversampling);
        }
    }

    private static void measure(
            Generation generation, List<float[]> queries, List<Set<Integer>> exact, int count, double oversampling) {
        var manifest = generation.manifest();
        long found = 0;
        List<Long> nanos = new ArrayList<>();
        try (var searcher =
                JVectorCandidateSearcher.open(
                        generation.folder(), manifest.passages(), manifest.dimension(), oversampling, Memory.NORMAL)) {
            for (int i = 0; i < queries.size(); i++) {
                long start = System.nanoTime();
                List<Candidate> candidates = searcher.search(queries.get(i), count, null, WalkLimits.NONE).list();
                nanos.add(System.nanoTime() - start);
                Set<Integer> best = exact.get(i);
                found += candidates.stream().filter(c -> best.contains(c.ordinal())).count();
            }
        }
        nanos.sort(Comparator.naturalOrder());
        System.out.printf(
                "oversampling %.2f  recall@%d %.4f  p50 %.3f ms%n",
                oversampling,
                count,
                (double) found / ((long) count * queries.size()),
                nanos.get(nanos.size() / 2) / 1e6);
    }

    private static List<Set<Integer>> exact(Generation generation, List<float[]> queries, int count)
            throws Exception {
        var types = VectorizationProvider.getInstance().getVectorTypeSupport();
        List<Set<Integer>> exact = new ArrayList<>();
        try (var mapped = new MemorySegmentReader.Supplier(IndexLayout.graph(generation.folder()));
                var graph = OnDiskGraphIndex.load(mapped);
                var view = graph.getView()) {
            for (float[] query : queries) {
                var vector = types.createFloatVector(query);
                float[] scores = new float[graph.size(0)];
                for (int i = 0; i < scores.length; i++) {
                    scores[i] = VectorUtil.dotProduct(vector, view.getVector(i));
                }
                exact.add(
                        new HashSet<>(
                                IntStream.range(0, scores.length)
                                        .boxed()
                                        .sorted(Comparator.comparingDouble(i -> -scores[i]))
                                        .limit(count)
                                        .toList()));
            }
        }
        return exact;
    }
}
