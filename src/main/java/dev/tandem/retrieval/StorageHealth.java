package dev.tandem.retrieval;

import dev.tandem.model.IndexException;
import dev.tandem.model.StorageFailure;
import dev.tandem.model.StorageHangsException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether one engine gets from the storage what it asks for. It does not any more when a probe
 * failed, when half of the last calls did, or when something that an answer could not wait for is
 * still not there. Thread-safe, and nothing here waits.
 */
final class StorageHealth {

    /** Longer than any storage takes that works. */
    static final Duration HANGING = Duration.ofSeconds(1);

    /** Works that hang, each with a thread; a call more would only add one. */
    static final int MOST_HANGING = 64;

    /** What calls met counts for so long. */
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private static final int MOST_CALLS = 64;

    /** One call that failed says little. */
    private static final int LEAST_FAILED = 3;

    private final LongSupplier clock;
    private final Deque<Ended> calls = new ArrayDeque<>();
    private final Set<Work> abandoned = ConcurrentHashMap.newKeySet();
    private volatile @Nullable StorageFailure broken;
    private volatile @Nullable Work probe;
    private volatile Consumer<StorageFailure> count = _ -> {};

    private record Ended(long at, @Nullable StorageFailure met) {}

    /**
     * @param clock nanoseconds, monotonic
     */
    StorageHealth(LongSupplier clock) {
        this.clock = clock;
    }

    /** Something that may wait for the storage, from now until it is closed. */
    final class Work implements AutoCloseable {

        private volatile long since = clock.getAsLong();
        private volatile boolean ended;
        private boolean counted;

        /** Nobody waits for it any more. */
        void abandon() {
            since = clock.getAsLong();
            abandoned.add(this);
            // It may have ended between the two.
            if (ended) {
                abandoned.remove(this);
            }
        }

        @Override
        public void close() {
            ended = true;
            abandoned.remove(this);
        }

        private boolean hangs() {
            return !ended && clock.getAsLong() - since > HANGING.toNanos();
        }
    }

    /** Has every failure counted, of calls and probes, one for each. */
    void countInto(Consumer<StorageFailure> counter) {
        count = counter;
    }

    Work begin() {
        return new Work();
    }

    /**
     * Lets a call in.
     *
     * @throws IndexException if so many hang already that it would be one more
     */
    void admit() {
        int hanging = abandoned.size();
        if (hanging >= MOST_HANGING) {
            throw new IndexException(
                    "The index cannot be read: the storage does not answer, and %d reads wait for it."
                            .formatted(hanging),
                    new StorageHangsException("not tried"));
        }
    }

    /**
     * Says what a call met.
     *
     * @param met null if nothing failed
     */
    void callEnded(@Nullable StorageFailure met) {
        if (met != null) {
            count.accept(met);
        }
        synchronized (calls) {
            calls.addLast(new Ended(clock.getAsLong(), met));
            if (calls.size() > MOST_CALLS) {
                calls.removeFirst();
            }
            if (met != null && mostFailed()) {
                broken = met;
            }
        }
    }

    /** Whether a probe has begun and not ended. */
    boolean isProbed() {
        Work its = probe;
        return its != null && !its.ended;
    }

    /** Begins a probe, which is closed when it ends. */
    Work beginProbe() {
        var its = new Work();
        probe = its;
        return its;
    }

    /** A probe failed: whatever calls meet, something cannot be read. */
    void probeFailed(StorageFailure met) {
        count.accept(met);
        broken = met;
    }

    /** A whole search went well. */
    void mended() {
        broken = null;
        synchronized (calls) {
            calls.clear();
        }
    }

    /** What is wrong with the storage; empty if nothing is known to be. */
    Optional<StorageFailure> failing() {
        Work its = probe;
        boolean hangs = its != null && its.hangs();
        return hangs || abandoned.stream().anyMatch(Work::hangs)
                ? Optional.of(StorageFailure.HANGING)
                : Optional.ofNullable(broken);
    }

    /** Whether what failed last has to be tried again before it counts as well. */
    boolean isBroken() {
        return broken != null;
    }

    /** Works whose answers were given without them. */
    int abandoned() {
        return abandoned.size();
    }

    /** Counts what has begun to hang since it was asked last. */
    void countHanging() {
        for (Work work : abandoned) {
            countIfHanging(work);
        }
        Work its = probe;
        if (its != null) {
            countIfHanging(its);
        }
    }

    private synchronized void countIfHanging(Work work) {
        if (!work.counted && work.hangs()) {
            work.counted = true;
            count.accept(StorageFailure.HANGING);
        }
    }

    private boolean mostFailed() {
        long oldest = clock.getAsLong() - WINDOW.toNanos();
        calls.removeIf(call -> call.at() < oldest);
        long failed = calls.stream().filter(call -> call.met() != null).count();
        return failed >= LEAST_FAILED && failed * 2 >= calls.size();
    }
}
