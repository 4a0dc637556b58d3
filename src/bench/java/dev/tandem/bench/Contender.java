package dev.tandem.bench;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** A searcher at one effort, and what was measured of it. */
final class Contender {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Searcher searcher;
    private final int effort;
    private final int k;
    private long[] nanos = new long[1_024];
    private int answered;
    private long found;
    private long allocatedBytes;

    Contender(Searcher searcher, int effort, int k) {
        this.searcher = searcher;
        this.effort = effort;
        this.k = k;
    }

    void answer(VectorFiles files, int query) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        int[] ordinals = searcher.search(files.queries()[query], k, effort);
        long took = System.nanoTime() - start;
        allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - allocated;
        found += files.found(query, ordinals, k);
        record(took);
    }

    /** What was measured so far was the warm-up. */
    void forget() {
        answered = 0;
        found = 0;
        allocatedBytes = 0;
    }

    double recall() {
        return (double) found / ((long) k * answered);
    }

    String report() {
        long[] sorted = Arrays.copyOf(nanos, answered);
        Arrays.sort(sorted);
        return "%-36s effort %5d  recall@%d %.4f  p50 %8.3f ms  p99 %8.3f ms  %5d KB a query"
                .formatted(
                        searcher.name(),
                        effort,
                        k,
                        recall(),
                        percentile(sorted, 50),
                        percentile(sorted, 99),
                        allocatedBytes / answered / 1024);
    }

    private void record(long took) {
        if (answered == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * answered);
        }
        nanos[answered++] = took;
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted[(int) ((long) (sorted.length - 1) * percent / 100)] / 1e6;
    }
}
