package dev.tandem.candidates;

import dev.tandem.index.StorageFile;
import dev.tandem.model.IndexException;
import io.github.jbellis.jvector.disk.ReaderSupplier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A graph file on the mount: records are read one at a time and checked, except those of the hot
 * region, which are fetched together at the start. Thread-safe; its readers are not.
 */
final class GraphStorage implements ReaderSupplier {

    /** Reads in progress at a time; storage like EFS answers so many as fast as one. */
    static final int PARALLEL_READS = 32;

    private static final int IDLE_SECONDS = 10;

    private final StorageFile file;
    private final RecordChecksums checksums;
    private final ByteBuffer head;
    private final ByteBuffer tail;
    private final ThreadPoolExecutor reads;
    private volatile @Nullable HotRegion hot;
    private int entryNode = -1;
    private ByteBuffer entryRecord = ByteBuffer.allocate(0);

    private GraphStorage(
            StorageFile file,
            RecordChecksums checksums,
            ByteBuffer head,
            ByteBuffer tail,
            ThreadPoolExecutor reads) {
        this.file = file;
        this.checksums = checksums;
        this.head = head;
        this.tail = tail;
        this.reads = reads;
    }

    /**
     * Reads and checks what every walk needs, the header and the checksums.
     *
     * @throws IndexException if one of the files is not whole
     */
    static GraphStorage open(Path graph, Path checksumFile) throws IOException {
        ThreadPoolExecutor reads = threads();
        try {
            var checksums = RecordChecksums.read(checksumFile, reads);
            var file = StorageFile.open(graph);
            try {
                RecordLayout layout = checksums.layout();
                if (layout.end() > file.length()) {
                    throw new IOException(
                            "%s has %d bytes; its records end at %d"
                                    .formatted(graph, file.length(), layout.end()));
                }
                ByteBuffer head = file.load(0, Math.toIntExact(layout.start()), reads);
                int tailBytes = Math.toIntExact(file.length() - layout.end());
                ByteBuffer tail = file.load(layout.end(), tailBytes, reads);
                checksums.checkHead(graph, head);
                checksums.checkTail(graph, tail);
                return new GraphStorage(file, checksums, head, tail, reads);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            reads.shutdownNow();
            throw e;
        }
    }

    RecordLayout layout() {
        return checksums.layout();
    }

    Path path() {
        return file.path();
    }

    ThreadPoolExecutor reads() {
        return reads;
    }

    /** Fetches the hot region in the background; walks use it from the moment it is there. */
    CompletableFuture<Void> fetchHot(@Nullable Path hotFile) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        hot =
                                hotFile == null
                                        ? checkedWhole()
                                        : HotRegion.read(hotFile, layout(), reads);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                // Not on the reading threads: it waits for them.
                task -> Thread.ofPlatform().daemon().name("tandem-hot").start(task));
    }

    private HotRegion checkedWhole() throws IOException {
        var whole = HotRegion.whole(file, layout(), reads);
        ByteBuffer records = whole.records();
        for (int node = 0; node < layout().count(); node++) {
            checksums.check(path(), node, records.slice(node * layout().bytes(), layout().bytes()));
        }
        return whole;
    }

    /** Reads the record that walks begin with, and holds it: none has to wait for it. */
    void holdEntry(int node) throws IOException {
        ByteBuffer record = ByteBuffer.allocateDirect(layout().bytes());
        read(node, record);
        entryRecord = record;
        entryNode = node;
    }

    /** The node whose record is held; -1 for none. */
    int entryNode() {
        return entryNode;
    }

    ByteBuffer entryRecord() {
        return entryRecord;
    }

    @Nullable HotRegion hot() {
        return hot;
    }

    /** What lies before the records, or behind them. */
    ByteBuffer outside(long position) {
        return position < layout().start() ? head : tail;
    }

    /**
     * Reads a record from the mount.
     *
     * @param into cleared, with room for it; ready to be read afterwards
     * @throws IOException if it cannot be read, or is not what was written
     */
    void read(int node, ByteBuffer into) throws IOException {
        into.clear().limit(layout().bytes());
        file.readFully(into, layout().offset(node));
        into.flip();
        checksums.check(path(), node, into);
    }

    @Override
    public RecordReader get() {
        return new RecordReader(this);
    }

    long length() {
        return file.length();
    }

    @Override
    public void close() throws IOException {
        // Reads in progress are let go, not interrupted: they fail on the closed file.
        reads.shutdown();
        file.close();
    }

    private static ThreadPoolExecutor threads() {
        var reads =
                new ThreadPoolExecutor(
                        PARALLEL_READS,
                        PARALLEL_READS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("tandem-read-", 0).factory());
        reads.allowCoreThreadTimeOut(true);
        return reads;
    }
}
