package dev.tandem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.PackagedFunction;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.RuntimeApi;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.PassageStore;
import dev.tandem.index.Verify;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Kinds of package side by side, warm: the same questions to each in turn over the Runtime API. What
 * the walk finds is compared with a scan of all vectors, what is answered with the first kind's.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=PackagesCompared -Dbench.args="FOLDER COLLECTION INDEX QUERIES jvm aot native"</pre>
 */
public final class PackagesCompared {
    private static final int CANDIDATES = 100;
    private static final int WARM_UP = 8;
    private static final List<String> PARTS =
            List.of("encodeMs", "retrieveMs", "rerankMs", "totalMs");

    private PackagesCompared() {}

    /** One kind at work. */
    private static final class Running implements AutoCloseable {
        private final RuntimeApi api = RuntimeApi.start();
        private final PackagedFunction function;
        private final List<JsonNode> answers = new ArrayList<>();

        Running(String kind, Path folder, Path index) throws IOException, InterruptedException {
            Map<String, String> settings =
                    Map.of(
                            "TANDEM_INDEX_DIR",
                            index.toAbsolutePath().toString(),
                            "TANDEM_CACHE_ENABLED",
                            "false",
                            "QUARKUS_HTTP_HOST_ENABLED",
                            "false");
            Path root = PackagedFunction.unpackOnce(kind, folder);
            function = PackagedFunction.start(root, api, folder.resolve(kind + ".log"), settings);
            function.awaitStart(api);
        }

        JsonNode ask(String query) {
            JsonNode answer =
                    api.invoke(
                                    "{\"query\": \"%s\", \"candidateCount\": %d, \"topK\": %d, \"budgetMs\": 60000}"
                                            .formatted(query.replace("\"", "\\\""), CANDIDATES, CANDIDATES))
                            .json();
            if (!answer.at("/coverage/reason").asText().equals("COMPLETE")) {
                throw new IllegalStateException(answer.toString());
            }
            return answer;
        }

        @Override
        public void close() {
            function.close();
            api.close();
        }
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        List<String> queries = ServedIndex.queries(args[1], args[3]).stream().map(judged -> judged.text()).toList();
        Map<String, Running> kinds = new LinkedHashMap<>();
        for (String kind : Arrays.asList(args).subList(4, args.length)) {
            kinds.put(kind, new Running(kind, folder, Path.of(args[2])));
        }
        for (int i = 0; i < WARM_UP; i++) {
            for (Running running : kinds.values()) {
                running.ask(queries.get(i % queries.size()));
            }
        }
        for (String query : queries) {
            for (Running running : kinds.values()) {
                running.answers.add(running.ask(query));
            }
        }
        List<Set<String>> nearest = nearest(Path.of(args[2]), queries);
        List<JsonNode> first = kinds.values().iterator().next().answers;
        kinds.forEach((kind, running) -> print(kind, running.answers, first, nearest));
        kinds.values().forEach(Running::close);
    }

    private static void print(String kind, List<JsonNode> answers, List<JsonNode> first, List<Set<String>> nearest) {
        System.out.printf("%s, %d questions%n", kind, answers.size());
        for (String part : PARTS) {
            double[] sorted = sorted(answers, "/timings/" + part);
            System.out.printf("  %-10s p50 %.2f  p99 %.2f%n", part, at(sorted, 0.5), at(sorted, 0.99));
        }
        double pairs = answers.stream().mapToDouble(answer -> answer.at("/work/pairs").asDouble()).sum();
        double seconds = Arrays.stream(sorted(answers, "/timings/rerankMs")).sum() / 1_000;
        System.out.printf("  pairs a second %.1f%n", pairs / seconds);
        double found = 0;
        int different = 0;
        double most = 0;
        for (int i = 0; i < answers.size(); i++) {
            Map<String, Double> hits = hits(answers.get(i));
            Map<String, Double> others = hits(first.get(i));
            found += hits.keySet().stream().filter(nearest.get(i)::contains).count() / (double) CANDIDATES;
            different += List.copyOf(hits.keySet()).equals(List.copyOf(others.keySet())) ? 0 : 1;
            for (Map.Entry<String, Double> hit : hits.entrySet()) {
                most = Math.max(most, Math.abs(hit.getValue() - others.getOrDefault(hit.getKey(), hit.getValue())));
            }
        }
        System.out.printf(
                "  recall@%d %.4f, other hits or order than the first kind %d of %d, scores differ by %.2g at most%n",
                CANDIDATES, found / answers.size(), different, answers.size(), most);
    }

    private static double[] sorted(List<JsonNode> answers, String pointer) {
        return answers.stream().mapToDouble(answer -> answer.at(pointer).asDouble()).sorted().toArray();
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    /** Ids with their scores, in order. */
    private static Map<String, Double> hits(JsonNode answer) {
        Map<String, Double> hits = new LinkedHashMap<>();
        answer.path("results").forEach(hit -> hits.put(hit.path("id").asText(), hit.path("score").asDouble()));
        return hits;
    }

    /** By a scan of all vectors, ids of the nearest of each query. */
    private static List<Set<String>> nearest(Path index, List<String> queries) throws IOException {
        try (var leased = new IndexFolder(index).lease(Verify.LENGTHS);
                var passages = PassageStore.open(leased.generation())) {
            float[][] vectors = RealVectors.read(leased.generation()).vectors();
            List<Set<String>> nearest = new ArrayList<>();
            for (String query : queries) {
                float[] vector = RealModels.biEncoder().encodeQuery(query);
                Set<String> ids = new HashSet<>();
                for (int ordinal : nearest(vectors, vector)) {
                    ids.add(passages.passage(ordinal).id());
                }
                nearest.add(ids);
            }
            return nearest;
        }
    }

    private static int[] nearest(float[][] vectors, float[] query) {
        double[] scores = new double[vectors.length];
        for (int i = 0; i < vectors.length; i++) {
            for (int d = 0; d < query.length; d++) {
                scores[i] += vectors[i][d] * query[d];
            }
        }
        return IntStream.range(0, vectors.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(CANDIDATES)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
