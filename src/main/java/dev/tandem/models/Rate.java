package dev.tandem.models;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How often a thing is done in a second by several threads at once. */
final class Rate {

    private final int threads;
    private final Duration time;

    /**
     * @param time for which it is done; one that takes longer is done once by each thread
     */
    Rate(int threads, Duration time) {
        this.threads = threads;
        this.time = time;
    }

    /** Times a second, all threads together; done once before it is measured. */
    double of(Runnable work) {
        work.run();
        long started = System.nanoTime();
        List<CompletableFuture<Long>> counts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            counts.add(CompletableFuture.supplyAsync(() -> count(work, started), Rate::start));
        }
        long done = counts.stream().mapToLong(CompletableFuture::join).sum();
        return done * 1e9 / (System.nanoTime() - started);
    }

    private long count(Runnable work, long started) {
        long count = 0;
        do {
            work.run();
            count++;
        } while (System.nanoTime() - started < time.toNanos());
        return count;
    }

    private static void start(Runnable task) {
        Thread.ofPlatform().daemon().name("speed").start(task);
    }
}
