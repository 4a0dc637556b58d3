package dev.tandem.indexing;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * Neighbour lists of a graph that is being built, in a mapped file: their number costs no heap, and
 * they outlive the process. A row is the number of neighbours and the neighbours; lists change
 * under {@link #lock}.
 */
final class Adjacency implements AutoCloseable {

    private static final int LOCKS = 1 << 12;

    private final MappedFile file;
    private final MemorySegment rows;
    private final int size;
    private final int capacity;
    private final Object[] locks = new Object[LOCKS];

    private Adjacency(MappedFile file, int size, int capacity) {
        this.file = file;
        rows = file.bytes();
        this.size = size;
        this.capacity = capacity;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    /**
     * Opens the lists of {@code size} nodes; those of a new file are empty.
     *
     * @param capacity most neighbours that a node can have
     */
    static Adjacency open(Path file, int size, int capacity) throws IOException {
        long bytes = (long) size * (capacity + 1) * Integer.BYTES;
        return new Adjacency(MappedFile.writable(file, 0, bytes), size, capacity);
    }

    int size() {
        return size;
    }

    int capacity() {
        return capacity;
    }

    /** What to hold while a node's list is changed or read by a build with several threads. */
    Object lock(int node) {
        return locks[node & (LOCKS - 1)];
    }

    /**
     * Copies a node's neighbours.
     *
     * @param into int[{@link #capacity()}]
     * @return how many
     */
    int read(int node, int[] into) {
        long offset = offset(node);
        // A row may be torn by a power cut.
        int count = Math.clamp(rows.get(ValueLayout.JAVA_INT, offset), 0, capacity);
        MemorySegment.copy(rows, ValueLayout.JAVA_INT, offset + Integer.BYTES, into, 0, count);
        return count;
    }

    void write(int node, int[] neighbors, int count) {
        long offset = offset(node);
        MemorySegment.copy(neighbors, 0, rows, ValueLayout.JAVA_INT, offset + Integer.BYTES, count);
        rows.set(ValueLayout.JAVA_INT, offset, count);
    }

    /** Puts every change so far on the disk. */
    void force() {
        rows.force();
    }

    @Override
    public void close() {
        file.close();
    }

    private long offset(int node) {
        return (long) node * (capacity + 1) * Integer.BYTES;
    }
}
