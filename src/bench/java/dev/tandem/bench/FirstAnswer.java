package dev.tandem.bench;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.fixtures.PackagedFunction;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.RuntimeApi;
import dev.tandem.indexing.IndexBuilder;
import dev.tandem.indexing.PairTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;

/**
 * From the start of the packaged function's process to its first complete answer, 20 candidates of
 * about 100 tokens. Kinds of package take turns; FOLDER is for their contents. With "cold" behind
 * its name a kind starts with an empty page cache (which root only may empty), with "50ms" it is
 * first asked for an answer in so much time.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=FirstAnswer -Dbench.args="FOLDER ROUNDS jvm aot native native/cold native/50ms"</pre>
 */
public final class FirstAnswer {
    private static final int PASSAGES = 20;
    private static final int SHORTEST = 90;
    private static final int LONGEST = 110;
    private static final int MORE_ANSWERS = 100;
    private static final int SHORT_BUDGET = 50;
    private static final Path PAGE_CACHE = Path.of("/proc/sys/vm/drop_caches");
    private static final ObjectMapper JSON = new ObjectMapper();

    private FirstAnswer() {}

    /** Milliseconds since the start, and what the process held after more answers. */
    private record Start(double asked, double answered, double total, String reason, long residentKb, String log) {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Path index = index(folder);
        Map<String, List<Start>> starts = new LinkedHashMap<>();
        int rounds = Integer.parseInt(args[1]);
        for (int round = 1; round <= rounds; round++) {
            for (int kind = 2; kind < args.length; kind++) {
                starts.computeIfAbsent(args[kind], _ -> new ArrayList<>())
                        .add(start(folder, args[kind].split("/"), index, round == rounds && !args[kind].contains("/") ? MORE_ANSWERS : 0));
            }
        }
        starts.forEach(FirstAnswer::print);
    }

    private static void print(String kind, List<Start> starts) {
        System.out.printf("%s, %d starts%n", kind, starts.size());
        System.out.println("  asks for the first invocation " + spread(starts, Start::asked));
        System.out.println("  has answered it               " + spread(starts, Start::answered));
        System.out.println("  of which the answer took      " + spread(starts, Start::total));
        System.out.println("  coverage                      " + starts.stream().map(Start::reason).collect(groupingBy(reason -> reason, counting())));
        System.out.println("  resident after 100 more       " + starts.getLast().residentKb() / 1024 + " MB");
        System.out.println("  " + starts.getLast().log());
    }

    private static String spread(List<Start> starts, ToDoubleFunction<Start> value) {
        double[] sorted = starts.stream().mapToDouble(value).sorted().toArray();
        return "%.0f (%.0f to %.0f)".formatted(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    private static Start start(Path folder, String[] kind, Path index, int more) throws IOException, InterruptedException {
        boolean isShort = kind[kind.length - 1].equals(SHORT_BUDGET + "ms");
        Path task = PackagedFunction.unpackOnce(kind[0], folder);
        if (kind[kind.length - 1].equals("cold")) {
            emptyPageCache();
        }
        Map<String, String> settings =
                Map.of("TANDEM_INDEX_DIR", index.toString(), "TANDEM_CACHE_ENABLED", "false", "QUARKUS_HTTP_HOST_ENABLED", "false");
        try (var api = RuntimeApi.start()) {
            var first = api.offer(event(isShort ? SHORT_BUDGET : 60_000), Instant.now().plusSeconds(60));
            Instant began = Instant.now();
            try (var function = PackagedFunction.start(task, api, folder.resolve(kind[0] + ".log"), settings)) {
                var outcome = first.get();
                JsonNode answer = outcome.json();
                String reason = answer.at("/coverage/reason").asText();
                if (!isShort && (!reason.equals("COMPLETE") || answer.at("/coverage/scored").asInt() != PASSAGES)) {
                    throw new IllegalStateException(outcome.body());
                }
                double answered = millis(began, outcome.at());
                for (int i = 0; i < more; i++) {
                    api.invoke(event(60_000));
                }
                String log = function.log().lines().filter(line -> line.contains("models ")).findFirst().orElse("");
                return new Start(
                        millis(began, api.firstPoll()),
                        answered,
                        answer.at("/timings/totalMs").asDouble(),
                        reason,
                        function.residentKb(),
                        log);
            }
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static String event(int budgetMs) {
        return "{\"query\": \"Can my function reach the internet without a VPC?\", \"candidateCount\": 50, \"budgetMs\": %d}"
                .formatted(budgetMs);
    }

    private static void emptyPageCache() throws IOException, InterruptedException {
        new ProcessBuilder("sync").start().waitFor();
        Files.writeString(PAGE_CACHE, "3");
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    /** Of the sample collection's first passages of about 100 tokens. */
    private static Path index(Path folder) throws IOException {
        var tokenizer = RealModels.pairTokenizer();
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("samples/handbook/corpus.jsonl"))) {
            JsonNode passage = JSON.readTree(line);
            int tokens = tokenizer.ids(passage.path("title").asText() + " " + passage.path("text").asText()).length;
            if (tokens >= SHORTEST && tokens <= LONGEST && lines.size() < PASSAGES) {
                lines.add(line);
            }
        }
        Files.createDirectories(folder);
        Path corpus = Files.write(folder.resolve("corpus.jsonl"), lines);
        Path index = folder.resolve("index").toAbsolutePath();
        new IndexBuilder(
                        RealModels.biEncoder(),
                        new PairTokenizer(RealModels.CROSS_ENCODER, tokenizer),
                        new DelegatingProgressBarConsumer(_ -> {}),
                        System.err::println)
                .buildIfStale(corpus, index);
        return index;
    }
}
