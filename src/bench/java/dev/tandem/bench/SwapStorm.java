package dev.tandem.bench;

import dev.tandem.fixtures.IndexAt;
import dev.tandem.fixtures.TwoGenerations;
import dev.tandem.model.SearchResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Swaps generations under a constant load of two-stage searches, and counts what must not happen.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=SwapStorm -Dbench.args="SWAPS THREADS"</pre>
 */
public final class SwapStorm {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicInteger mixed = new AtomicInteger();
    private final AtomicBoolean going = new AtomicBoolean(true);

    private SwapStorm() {}

    public static void main(String[] args) throws Exception {
        new SwapStorm().run(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    }

    private void run(int swaps, int threads) throws Exception {
        Path folder = Files.createTempDirectory(Path.of("target"), "swap-storm").toRealPath();
        try (var two = TwoGenerations.open(folder, IndexAt.unwatched(folder.resolve("index")))) {
            two.search().await().atMost(PATIENCE);
            long files = two.openFiles();
            long maps = two.mappedFiles();
            List<Future<?>> load = new ArrayList<>();
            long start = System.nanoTime();
            try (var pool = Executors.newFixedThreadPool(threads)) {
                for (int i = 0; i < threads; i++) {
                    load.add(pool.submit(() -> search(two)));
                }
                for (int i = 0; i < swaps; i++) {
                    int before = answers.get();
                    two.swap();
                    // Some answers from each generation.
                    while (answers.get() < before + threads && errors.get() == 0) {
                        Thread.onSpinWait();
                    }
                }
                going.set(false);
            }
            for (Future<?> task : load) {
                task.get();
            }
            awaitOneEngine(two);
            System.out.printf(
                    "%d swaps in %.1f s, %d answers, %d errors, %d of mixed generations, %+d open files, %+d mappings%n",
                    swaps,
                    (System.nanoTime() - start) / 1e9,
                    answers.get(),
                    errors.get(),
                    mixed.get(),
                    two.openFiles() - files,
                    two.mappedFiles() - maps);
        }
    }

    private void search(TwoGenerations two) {
        while (going.get()) {
            try {
                SearchResult result = two.search().await().atMost(PATIENCE);
                mixed.addAndGet(two.isOfOneGeneration(result) ? 0 : 1);
                answers.incrementAndGet();
            } catch (RuntimeException e) {
                errors.incrementAndGet();
                e.printStackTrace();
            }
        }
    }

    private static void awaitOneEngine(TwoGenerations two) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (two.live().openEngines() > 1 && System.nanoTime() < end) {
            Thread.sleep(10);
        }
    }
}
