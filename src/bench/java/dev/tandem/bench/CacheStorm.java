package dev.tandem.bench;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Span;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.ScoreCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Two processes write scores into one folder and are killed by SIGKILL and started again at random
 * moments, while this one reads all that they wrote. A score is a function of its pair, so that one
 * that is torn, or anyone else's, is seen.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=CacheStorm -Dbench.args="FOLDER SECONDS"</pre>
 */
public final class CacheStorm {

    private static final int PAIRS = 20_000;
    private static final int ENTRIES = 50_000;
    private static final int WRITERS = 2;
    private static final String SCORES = "storm";

    private CacheStorm() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        try (var tokenizer = TextTokenizer.open(RealModels.folder(RealModels.CROSS_ENCODER))) {
            if (args.length > 2) {
                write(folder, tokenizer, Integer.parseInt(args[2]));
            } else {
                storm(folder, tokenizer, Duration.ofSeconds(Long.parseLong(args[1])));
            }
        }
    }

    private static void storm(Path folder, TextTokenizer tokenizer, Duration time) throws Exception {
        var random = new Random(11);
        List<Process> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(start(folder, i));
        }
        int kills = 0;
        long hits = 0;
        long wrong = 0;
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            Thread.sleep(random.nextInt(1_500));
            int killed = random.nextInt(WRITERS);
            writers.get(killed).destroyForcibly().waitFor();
            kills++;
            // A fresh cache: it reads every file from its beginning.
            try (var cache = ScoreCache.open(Settings.cache(ENTRIES, folder), SCORES)) {
                while (cache.use().scores() == 0 && System.nanoTime() < end) {
                    Thread.sleep(10);
                }
                Thread.sleep(100);
                for (int pair = 0; pair < PAIRS; pair++) {
                    float logit = cache.of(query(pair)).get(input(tokenizer, pair));
                    hits += Float.isNaN(logit) ? 0 : 1;
                    wrong += Float.isNaN(logit) || logit == logit(pair) ? 0 : 1;
                }
            }
            writers.set(killed, start(folder, kills));
        }
        writers.forEach(Process::destroyForcibly);
        System.out.printf(
                "%d kills in %d s: %,d scores read, %d torn or wrong; %d files%n",
                kills, time.toSeconds(), hits, wrong, files(folder));
    }

    /** Writes until it is killed. */
    private static void write(Path folder, TextTokenizer tokenizer, int seed)
            throws InterruptedException {
        var random = new Random(seed);
        try (var cache = ScoreCache.open(Settings.cache(ENTRIES, folder), SCORES)) {
            while (true) {
                for (int i = 0; i < 100; i++) {
                    int pair = random.nextInt(PAIRS);
                    cache.of(query(pair)).put(input(tokenizer, pair), logit(pair));
                }
                Thread.sleep(1);
            }
        }
    }

    private static Process start(Path folder, int seed) throws IOException {
        var builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        CacheStorm.class.getName(),
                        folder.toString(),
                        "0",
                        String.valueOf(seed));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static long[] query(int pair) {
        return new long[] {2_000 + pair % 50};
    }

    private static ModelInput input(TextTokenizer tokenizer, int pair) {
        return tokenizer.pair(query(pair), new int[] {1_000 + pair, 7}, new Span(0, 2));
    }

    private static float logit(int pair) {
        return (float) Math.sin(pair) * 8;
    }

    private static long files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }
}
