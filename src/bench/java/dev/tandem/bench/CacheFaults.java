package dev.tandem.bench;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Span;
import dev.tandem.onnx.ModelInput;
import dev.tandem.rerank.ScoreCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a folder of scores that fails costs an answer of 100 pairs: the time in which they are looked
 * up and kept, beside a cache without a folder.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=CacheFaults -Dbench.args="FOLDER ANSWERS"
 * </pre>
 *
 * <p>Needs root: it mounts a file system of 16 MB in FOLDER.
 */
public final class CacheFaults {

    private static final int PAIRS = 100;
    private static final int PAUSE_MILLIS = 5;
    private static final long[] QUERY = {4, 2};

    private final Path folder;
    private final int answers;
    private int next;

    /** Something done to the folder. */
    private interface Step {
        void run() throws Exception;
    }

    private CacheFaults(Path folder, int answers) {
        this.folder = folder;
        this.answers = answers;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "cache").toRealPath();
        sh("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder.toString());
        try {
            new CacheFaults(folder, Integer.parseInt(args[1])).run();
        } finally {
            sh("umount", "-l", folder.toString());
        }
    }

    private void run() throws Exception {
        Path scores = folder.resolve("scores");
        try (var memory = ScoreCache.open(Settings.cache(100_000), "f");
                var kept = ScoreCache.open(Settings.cache(100_000, scores), "f")) {
            measure("warm-up", memory, kept, () -> {});
            measure("healthy", memory, kept, () -> sh("rm", "-rf", scores.toString()));
            measure("disk full", memory, kept, this::fill);
            measure("room again", memory, kept, this::empty);
            measure("folder removed", memory, kept, () -> sh("rm", "-rf", scores.toString()));
            measure("read-only", memory, kept, () -> cover(scores));
            measure("writable again", memory, kept, () -> sh("umount", scores.toString()));
        }
    }

    /** One answer with the folder, one without, in turn. */
    private void measure(String phase, ScoreCache memory, ScoreCache kept, Step before)
            throws Exception {
        before.run();
        long failures = kept.use().failures();
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        for (int i = 0; i < answers; i++) {
            List<ModelInput> pairs = pairs();
            without.add(millis(memory, pairs));
            with.add(millis(kept, pairs));
            Thread.sleep(PAUSE_MILLIS);
        }
        System.out.printf(
                "%-15s without %s  with %s  failures %d, files %d, %d bytes%n",
                phase,
                line(without),
                line(with),
                kept.use().failures() - failures,
                files().size(),
                bytes());
    }

    private List<ModelInput> pairs() {
        int answer = next++;
        return IntStream.range(0, PAIRS)
                .mapToObj(pair -> IntStream.of(3_000 + pair, 5_000 + answer).toArray())
                .map(passage -> RealModels.pairTokenizer().pair(QUERY, passage, new Span(0, 2)))
                .toList();
    }

    private static double millis(ScoreCache cache, List<ModelInput> pairs) {
        long start = System.nanoTime();
        var scores = cache.of(QUERY);
        for (ModelInput pair : pairs) {
            if (Float.isNaN(scores.get(pair))) {
                scores.put(pair, 1);
            }
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static String line(List<Double> millis) {
        Collections.sort(millis);
        int size = millis.size();
        return "p50 %.2f p99 %.2f max %.2f ms"
                .formatted(
                        millis.get(size / 2), millis.get(size * 99 / 100), millis.getLast());
    }

    private void fill() throws IOException {
        byte[] block = new byte[4_096];
        try (var out = Files.newOutputStream(folder.resolve("filler"))) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            System.out.println("full: " + e.getMessage());
        }
    }

    private void empty() throws Exception {
        Files.delete(folder.resolve("filler"));
        sh("rm", "-rf", folder.resolve("scores").toString());
    }

    private static void cover(Path scores) throws Exception {
        sh("mkdir", "-p", scores.toString());
        sh("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", scores.toString());
    }

    private List<Path> files() throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(".scores")).toList();
        }
    }

    private long bytes() throws IOException {
        return files().stream().mapToLong(file -> file.toFile().length()).sum();
    }

    private static void sh(String... command) throws Exception {
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + exit);
        }
    }
}
