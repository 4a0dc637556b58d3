package dev.tandem.rerank;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The runs that are going on, to tell those that are slow from those that hang. Thread-safe. */
final class RunWatch {

    /** From this multiple of its predicted time on, a run is not slow but hangs. */
    private static final int HANGS = 8;

    private final Set<Run> running = ConcurrentHashMap.newKeySet();
    private final int mostRunning;

    /** One run, of its own identity. */
    static final class Run {
        private final long at;
        private final long predicted;
        private final LongSupplier clock;

        /**
         * @param predicted nanoseconds
         */
        private Run(long predicted, LongSupplier clock) {
            at = clock.getAsLong();
            this.predicted = predicted;
            this.clock = clock;
        }

        /** Nanoseconds since it began. */
        long took() {
            return clock.getAsLong() - at;
        }

        boolean hangs() {
            return took() > HANGS * predicted;
        }
    }

    /**
     * @param mostRunning how many there can be at a time
     */
    RunWatch(int mostRunning) {
        this.mostRunning = mostRunning;
    }

    Run begin(long predicted, LongSupplier clock) {
        var run = new Run(predicted, clock);
        running.add(run);
        return run;
    }

    void end(Run run) {
        running.remove(run);
    }

    /** Whether no run can begin because those that go on hang. */
    boolean isBlocked() {
        return running.stream().filter(Run::hangs).count() >= mostRunning;
    }
}
