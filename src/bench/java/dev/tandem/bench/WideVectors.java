package dev.tandem.bench;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.onnx.ModelFolder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Widens the vectors of an index to as many as a benchmark wants, and finds the exact nearest of
 * real queries among them. Writes a {@link VectorFiles} folder.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=WideVectors -Dbench.jvm=-Xmx2g \
 *     -Dbench.args="INDEX 1000000 OUT A/queries.jsonl B/queries.jsonl ..."</pre>
 *
 * <p>Every real vector is in it once, unchanged. The others are {@code cosine * v + sine * u}: v
 * goes round the real vectors, and u is the difference of two random passages of v's collection,
 * less its part along v, with norm 1. Such differences keep the covariance of real text: half the
 * variance of the widened set lies in 46 of its 384 directions. Noise in every dimension would be
 * nearly orthogonal to every query, and all copies would fall behind their source alike.
 *
 * <p>The cosine is drawn from those of a sample of real vectors to their nearest real neighbour, so
 * that a made vector is about as far from its source as a passage is from the most similar other
 * passage. The order is a fixed shuffle: else the vectors made of one source would lie a fixed
 * distance apart, and a graph's pages would not be as scattered as those of a real one.
 */
public final class WideVectors {

    private static final long SEED = 42;
    private static final int SAMPLE = 2_000;
    private static final int QUERIES = 1_000;

    private WideVectors() {}

    public static void main(String[] args) throws Exception {
        Generation generation = new IndexFolder(Path.of(args[0])).current();
        int count = Integer.parseInt(args[1]);
        Path folder = Files.createDirectories(Path.of(args[2]));
        List<Path> lists = Stream.of(args).skip(3).map(Path::of).toList();

        List<float[]> queries = queries(generation, lists);
        RealVectors real = RealVectors.read(generation);
        var widening = new Widening(real, SAMPLE, SEED);
        describe(widening.cosines());
        writeBase(widening, shuffled(count), folder);
        VectorFiles.writeQueries(folder, queries);
        VectorFiles.writeDescription(folder, description(real, widening, count, queries, lists));
        writeTruth(folder);
    }

    /** Evenly spread over the lists, and over each list. */
    private static List<float[]> queries(Generation generation, List<Path> lists) throws Exception {
        var json = new ObjectMapper();
        List<float[]> queries = new ArrayList<>();
        String model = generation.manifest().biEncoder().name();
        try (var encoder = BiEncoder.open(ModelFolder.open(Path.of("models"), model))) {
            for (int i = 0; i < lists.size(); i++) {
                int wanted = QUERIES * (i + 1) / lists.size() - queries.size();
                for (String line : spread(Files.readAllLines(lists.get(i)), wanted)) {
                    queries.add(encoder.encodeQuery(json.readTree(line).path("text").asText()));
                }
            }
        }
        return queries;
    }

    private static List<String> spread(List<String> lines, int wanted) {
        List<String> some = new ArrayList<>();
        for (long i = 0; i < Math.min(wanted, lines.size()); i++) {
            some.add(lines.get((int) (i * lines.size() / wanted)));
        }
        return some;
    }

    private static void describe(float[] cosines) {
        for (int percent : new int[] {5, 25, 50, 75, 95}) {
            float cosine = cosines[percent * (cosines.length - 1) / 100];
            System.out.printf("nearest real neighbour: %d %% under cosine %.3f%n", percent, cosine);
        }
    }

    private static int[] shuffled(int count) {
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        var random = new SplittableRandom(SEED);
        for (int i = count - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int moved = order[i];
            order[i] = order[other];
            order[other] = moved;
        }
        return order;
    }

    private static void writeBase(Widening widening, int[] order, Path folder) throws IOException {
        try (var base = VectorFiles.baseWriter(folder)) {
            for (int number : order) {
                base.write(widening.vector(number));
            }
        }
    }

    private static Map<String, Object> description(
            RealVectors real,
            Widening widening,
            int count,
            List<float[]> queries,
            List<Path> lists) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("count", count);
        description.put("dimension", real.dimension());
        description.put("queries", queries.size());
        description.put("truth", VectorFiles.TRUTH);
        description.put("noise", "difference of two passages of the source's collection");
        description.put("medianCosine", widening.cosines()[SAMPLE / 2]);
        description.put("seed", SEED);
        description.put("source", real.collections());
        description.put("queryLists", lists.stream().map(WideVectors::shortName).toList());
        return description;
    }

    private static String shortName(Path list) {
        int names = list.getNameCount();
        return list.subpath(Math.max(0, names - 2), names).toString();
    }

    private static void writeTruth(Path folder) throws IOException {
        try (var files = VectorFiles.openWithoutTruth(folder)) {
            long start = System.nanoTime();
            VectorFiles.writeTruth(folder, ExactNeighbours.of(files, VectorFiles.TRUTH));
            System.out.printf("exact search %.1f s%n", (System.nanoTime() - start) / 1e9);
        }
    }
}
