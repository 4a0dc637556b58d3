package dev.tandem.candidates;

import dev.tandem.model.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads records that a walk will probably want while it still looks at others: on slow storage a
 * walk then takes the time of some rounds of parallel reads, not of all its reads one after the
 * other. It changes when a record is read, never what the walk does. Belongs to one reader.
 */
final class ReadAhead {

    /** Records that were read and that nobody has asked for yet. */
    private static final int MOST_WAITING = 1_024;

    private record Expected(int node, float score) {}

    private final GraphStorage storage;

    /** Reads in a row that came from memory. */
    private final AtomicInteger fastReads = new AtomicInteger();

    private final PriorityQueue<Expected> expected =
            new PriorityQueue<>((a, b) -> Float.compare(b.score(), a.score()));
    private final Map<Integer, FutureTask<ByteBuffer>> started = new HashMap<>();

    ReadAhead(GraphStorage storage) {
        this.storage = storage;
    }

    /** Forgets all; reads that run end for nobody. */
    void clear() {
        fastReads.set(0);
        expected.clear();
        started.values().forEach(this::forget);
        started.clear();
    }

    /** How many of the last reads in a row were as fast as reads from memory are. */
    int fastReads() {
        return fastReads.get();
    }

    void expect(int node, float score) {
        expected.add(new Expected(node, score));
    }

    void start() {
        int free = GraphStorage.PARALLEL_READS - running();
        while (free > 0 && started.size() < MOST_WAITING && !expected.isEmpty()) {
            int node = expected.remove().node();
            started.computeIfAbsent(node, this::read);
            free--;
        }
    }

    private int running() {
        int running = 0;
        for (FutureTask<ByteBuffer> read : started.values()) {
            running += read.isDone() ? 0 : 1;
        }
        return running;
    }

    /**
     * The record, from position to limit.
     *
     * @return null if it did not come until the deadline
     * @throws IOException if it cannot be read
     */
    @Nullable ByteBuffer await(int node, @Nullable Deadline deadline) throws IOException {
        FutureTask<ByteBuffer> read = started.remove(node);
        if (read == null) {
            read = read(node);
        }
        try {
            return deadline == null
                    ? read.get()
                    : read.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            forget(read);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while a record was read", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(e.getCause());
        }
    }

    private FutureTask<ByteBuffer> read(int node) {
        var read = new FutureTask<>(() -> record(node));
        storage.reads().execute(read);
        return read;
    }

    /** Takes one that has not begun out of the queue too: on storage that hangs it would stay. */
    private void forget(FutureTask<ByteBuffer> read) {
        if (!read.isDone()) {
            read.cancel(false);
            storage.reads().remove(read);
        }
    }

    private ByteBuffer record(int node) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(storage.layout().bytes());
        long start = System.nanoTime();
        storage.read(node, record);
        boolean fast = System.nanoTime() - start < RecordReader.SLOW_NANOS;
        fastReads.updateAndGet(inARow -> fast ? inARow + 1 : 0);
        return record;
    }
}
