package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Faults;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Span;
import dev.tandem.onnx.ModelInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A folder of scores that fails costs the folder, and nothing else. */
@Timeout(120)
class ScoreFilesTest {
    private static final int ANSWERS = 200;
    private static final int PAIRS = 100;
    private static final long[] QUERY = {4, 2};

    @TempDir private Path dir;
    private final Faults faults = new Faults();
    private final Logger log = Logger.getLogger(ScoreFiles.class.getName());
    private final Told told = new Told();

    /** What was logged. */
    private static final class Told extends Handler {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= java.util.logging.Level.INFO.intValue()) {
                lines.add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void listen() {
        log.addHandler(told);
    }

    @AfterEach
    void listenNoMore() {
        log.removeHandler(told);
    }

    @Test
    void put_fullDisk_isToldOnceAndLeavesNoFiles() throws IOException {
        try (var cache = ScoreCache.open(Settings.cache(100_000, faults.in(dir)), "f")) {
            faults.failWrites("No space left on device");
            long failed = cache.use().failures();
            for (int answer = 0; answer < ANSWERS; answer++) {
                putAnswer(cache, answer);
                assertThat(cache.of(QUERY).get(pair(answer, 0))).isEqualTo(answer);
            }
            await(() -> cache.use().failures() > failed);

            assertThat(cache.use().failures() - failed).isLessThan(ANSWERS / 4);
            await(() -> files() == 0);
            assertThat(told.lines).hasSize(1);

            faults.end();
            await(
                    () -> {
                        putAnswer(cache, ANSWERS);
                        return files() == 1;
                    });
            await(() -> told.lines.size() == 2);
        }
        assertThat(bytes()).isGreaterThan(PAIRS * ScoreFile.RECORD);
    }

    @Test
    void put_fullDiskWithAFileOfScores_keepsThose() {
        try (var cache = ScoreCache.open(Settings.cache(100_000, faults.in(dir)), "f")) {
            putAnswer(cache, 0);
            // A file without a score would be removed.
            await(() -> bytes() > ScoreFile.RECORD);
            faults.failWrites("No space left on device");
            await(
                    () -> {
                        putAnswer(cache, 1);
                        return cache.use().failures() > 0;
                    });
            assertThat(files()).isEqualTo(1);
        }
        faults.end();
        try (var next = ScoreCache.open(Settings.cache(100_000, dir), "f")) {
            await(() -> next.of(QUERY).any());
            assertThat(next.of(QUERY).get(pair(0, 0))).isZero();
        }
    }

    @Test
    void look_unreadableFiles_isToldOnceAndFoundWhenTheyCanBeRead() {
        try (var first = ScoreCache.open(Settings.cache(1_000, dir), "f")) {
            first.of(QUERY).put(pair(0, 0), 0.25f);
        }
        faults.failReads("Input/output error");
        try (var cache = ScoreCache.open(Settings.cache(1_000, faults.in(dir)), "f")) {
            await(() -> cache.use().failures() >= 2);
            assertThat(told.lines).hasSize(1);
            assertThat(cache.of(QUERY).any()).isFalse();

            faults.end();

            await(() -> cache.of(QUERY).any());
            assertThat(cache.of(QUERY).get(pair(0, 0))).isEqualTo(0.25f);
        }
    }

    private static void putAnswer(ScoreCache cache, int answer) {
        var scores = cache.of(QUERY);
        for (int pair = 0; pair < PAIRS; pair++) {
            scores.put(pair(answer, pair), answer);
        }
    }

    private long bytes() {
        try {
            try (var files = Files.list(dir)) {
                return files.mapToLong(file -> file.toFile().length()).sum();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long files() {
        String[] names = dir.toFile().list();
        return names == null ? 0 : names.length;
    }

    private static ModelInput pair(int answer, int pair) {
        int[] passage = IntStream.of(3_000 + answer, 5_000 + pair).toArray();
        return RealModels.pairTokenizer().pair(QUERY, passage, new Span(0, 2));
    }

    private static void await(BooleanSupplier happened) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
