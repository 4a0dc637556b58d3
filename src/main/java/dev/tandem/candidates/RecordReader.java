package dev.tandem.candidates;

import dev.tandem.model.Deadline;
import io.github.jbellis.jvector.disk.RandomAccessReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a graph file record by record for JVector: whatever it seeks in a record, the whole record
 * comes with one read, and stays for what is read next. Belongs to one thread at a time.
 */
final class RecordReader implements RandomAccessReader {

    /** A read that takes longer did not come from memory. */
    static final long SLOW_NANOS = 500_000;

    /** After so many fast reads in a row, one that was slow was a busy host's. */
    private static final int FAST_AGAIN = 16;

    private final GraphStorage storage;
    private final RecordLayout layout;
    private final ByteBuffer own;
    private final ReadAhead readAhead;
    private @Nullable HotRegion hot;
    private ByteBuffer hotRecords;

    /** Where the bytes of file positions {@code from..to-1} are: at position + shift. */
    private ByteBuffer window;

    private long from;
    private long to;
    private long shift;
    private long position;
    private boolean patient;
    private int slowReads;
    private long loads;

    RecordReader(GraphStorage storage) {
        this.storage = storage;
        layout = storage.layout();
        own = ByteBuffer.allocateDirect(layout.bytes());
        hotRecords = own;
        window = own;
        readAhead = new ReadAhead(storage);
    }

    /**
     * Begins a walk.
     *
     * @param slowStorage whether reads are to be made ahead and waited for at most until the
     *     deadline; without, they are made by this thread, as suits the page cache
     */
    void begin(boolean slowStorage) {
        patient = slowStorage;
        slowReads = 0;
        loads = 0;
        readAhead.clear();
    }

    /** Reads that the storage was waited for since {@link #begin}. */
    int slowReads() {
        return slowReads;
    }

    /** Of the records that were not in memory, since {@link #begin}. */
    long bytesRead() {
        return loads * layout.bytes();
    }

    /** Says that a node's record may be needed soon: the higher the score, the sooner. */
    void expect(int node, float score) {
        if (patient && !isHot(node)) {
            readAhead.expect(node, score);
        }
    }

    /** Starts the reads of the nodes that are needed soonest. */
    void readAhead() {
        if (patient) {
            readAhead.start();
        }
    }

    /**
     * Makes a node's record the one that is read from.
     *
     * @return false if it did not come until the deadline
     */
    boolean load(int node, @Nullable Deadline deadline) throws IOException {
        if (isInMemory(node)) {
            return true;
        }
        long start = System.nanoTime();
        boolean loaded = patient ? await(node, deadline) : read(node);
        loads += loaded ? 1 : 0;
        if (System.nanoTime() - start > SLOW_NANOS) {
            slowReads++;
            patient = true;
        } else if (patient && readAhead.fastReads() >= FAST_AGAIN) {
            readAhead.clear();
            patient = false;
        }
        return loaded;
    }

    @Override
    public void seek(long offset) {
        position = offset;
    }

    @Override
    public long getPosition() {
        return position;
    }

    @Override
    public int readInt() throws IOException {
        int at = take(Integer.BYTES);
        return window.getInt(at);
    }

    @Override
    public float readFloat() throws IOException {
        int at = take(Float.BYTES);
        return window.getFloat(at);
    }

    @Override
    public long readLong() throws IOException {
        int at = take(Long.BYTES);
        return window.getLong(at);
    }

    @Override
    public void readFully(byte[] bytes) throws IOException {
        int at = take(bytes.length);
        window.get(at, bytes);
    }

    @Override
    public void readFully(ByteBuffer buffer) throws IOException {
        int bytes = buffer.remaining();
        int at = take(bytes);
        buffer.put(window.slice(at, bytes));
    }

    @Override
    public void readFully(long[] values) throws IOException {
        int bytes = values.length * Long.BYTES;
        int at = take(bytes);
        window.slice(at, bytes).asLongBuffer().get(values);
    }

    @Override
    public void read(int[] values, int offset, int count) throws IOException {
        int bytes = count * Integer.BYTES;
        int at = take(bytes);
        window.slice(at, bytes).asIntBuffer().get(values, offset, count);
    }

    @Override
    public void read(float[] values, int offset, int count) throws IOException {
        int bytes = count * Float.BYTES;
        int at = take(bytes);
        window.slice(at, bytes).asFloatBuffer().get(values, offset, count);
    }

    @Override
    public long length() {
        return storage.length();
    }

    @Override
    public void close() {
        readAhead.clear();
    }

    /** Moves on by so many bytes, to another window first if need be. @return where they begin */
    private int take(int bytes) throws IOException {
        if (!holds(position)) {
            moveTo(position);
        }
        if (position + bytes > to) {
            throw new EOFException(
                    "%s: bytes %d to %d do not lie together"
                            .formatted(storage.path(), position, position + bytes));
        }
        int index = (int) (position + shift);
        position += bytes;
        return index;
    }

    private boolean holds(long at) {
        return at >= from && at < to;
    }

    private void moveTo(long at) throws IOException {
        if (layout.holds(at)) {
            load(layout.record(at), null);
        } else if (at < layout.start()) {
            show(storage.outside(at), 0, layout.start(), 0);
        } else {
            show(storage.outside(at), layout.end(), storage.length(), 0);
        }
    }

    private void show(ByteBuffer bytes, long start, long end, int index) {
        window = bytes;
        from = start;
        to = end;
        shift = index - start;
    }

    /** Whether a node's record needs no read; it is the one that is read from then. */
    boolean isInMemory(int node) {
        if (holds(layout.offset(node)) || useHot(node)) {
            return true;
        }
        if (node == storage.entryNode()) {
            showRecord(storage.entryRecord(), node, 0);
            return true;
        }
        return false;
    }

    private boolean isHot(int node) {
        HotRegion region = storage.hot();
        return region != null && region.offset(node) >= 0;
    }

    private boolean useHot(int node) {
        HotRegion region = storage.hot();
        if (region == null) {
            return false;
        }
        if (region != hot) {
            hot = region;
            hotRecords = region.records();
        }
        int offset = region.offset(node);
        if (offset >= 0) {
            showRecord(hotRecords, node, offset);
        }
        return offset >= 0;
    }

    private boolean read(int node) throws IOException {
        // What was there is overwritten even if the read fails.
        show(own, 0, 0, 0);
        storage.read(node, own);
        showRecord(own, node, 0);
        return true;
    }

    private boolean await(int node, @Nullable Deadline deadline) throws IOException {
        ByteBuffer record = readAhead.await(node, deadline);
        if (record == null) {
            return false;
        }
        showRecord(record, node, 0);
        return true;
    }

    private void showRecord(ByteBuffer bytes, int node, int index) {
        show(bytes, layout.offset(node), layout.offset(node) + layout.bytes(), index);
    }
}
