package dev.tandem.candidates;

import dev.tandem.index.FormatHeader;
import dev.tandem.index.StorageFile;
import dev.tandem.model.DamageException;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.zip.CRC32C;

/**
 * Checksums of a graph file: one of each record, of what lies before the records, and of what lies
 * behind them. Small enough to hold, so that every read is checked when it is made and nothing has
 * to be read for the sake of checking.
 */
final class RecordChecksums {

    private static final FormatHeader FORMAT = new FormatHeader("TandemCk", 1);
    private static final int FIXED_BYTES = Long.BYTES + 4 * Integer.BYTES;

    private final RecordLayout layout;
    private final int head;
    private final int tail;
    private final int[] records;

    private RecordChecksums(RecordLayout layout, int head, int tail, int[] records) {
        this.layout = layout;
        this.head = head;
        this.tail = tail;
        this.records = records;
    }

    /** Bytes that the checksums of {@code count} records take in memory. */
    static long memory(long count) {
        return count * Integer.BYTES;
    }

    static void write(StorageFile graph, RecordLayout layout, Path file) throws IOException {
        ByteBuffer out =
                ByteBuffer.allocate(
                        FormatHeader.BYTES
                                + FIXED_BYTES
                                + layout.count() * Integer.BYTES
                                + FormatHeader.CHECKSUM_BYTES);
        FORMAT.put(out);
        out.putLong(layout.start()).putInt(layout.bytes()).putInt(layout.count());
        out.putInt(of(graph, 0, layout.start()));
        out.putInt(of(graph, layout.end(), graph.length() - layout.end()));
        ByteBuffer record = ByteBuffer.allocateDirect(layout.bytes());
        for (int i = 0; i < layout.count(); i++) {
            graph.readFully(record.clear(), layout.offset(i));
            out.putInt(of(record.flip()));
        }
        FormatHeader.write(out, file);
    }

    /**
     * @throws IndexException if the file is not whole
     */
    static RecordChecksums read(Path path, ExecutorService reads) throws IOException {
        try (var file = StorageFile.open(path)) {
            ByteBuffer all = file.load(0, Math.toIntExact(file.length()), reads);
            ByteBuffer in = FORMAT.content(all, path);
            var layout = new RecordLayout(in.getLong(), in.getInt(), in.getInt());
            int head = in.getInt();
            int tail = in.getInt();
            if (in.remaining() != (long) layout.count() * Integer.BYTES) {
                throw new IndexException(
                        "%s holds %d bytes of checksums for %d records. Build the index again."
                                .formatted(path, in.remaining(), layout.count()));
            }
            int[] records = new int[layout.count()];
            in.asIntBuffer().get(records);
            return new RecordChecksums(layout, head, tail, records);
        }
    }

    RecordLayout layout() {
        return layout;
    }

    /**
     * @param record from position to limit
     * @throws IOException if it is not what was written
     */
    void check(Path graph, int node, ByteBuffer record) throws IOException {
        if (of(record) != records[node]) {
            compare(graph, "record " + node, records[node], record);
        }
    }

    void checkHead(Path graph, ByteBuffer bytes) throws IOException {
        compare(graph, "the header", head, bytes);
    }

    void checkTail(Path graph, ByteBuffer bytes) throws IOException {
        compare(graph, "the end", tail, bytes);
    }

    private static void compare(Path graph, String what, int expected, ByteBuffer bytes)
            throws IOException {
        int actual = of(bytes);
        if (actual != expected) {
            throw new DamageException(
                    "%s of %s is damaged: its CRC-32C is %08x, %08x was written"
                            .formatted(what, graph, actual, expected));
        }
    }

    private static int of(StorageFile file, long offset, long bytes) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(Math.toIntExact(bytes));
        file.readFully(all, offset);
        return of(all.flip());
    }

    private static int of(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
