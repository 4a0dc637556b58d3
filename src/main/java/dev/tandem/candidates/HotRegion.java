package dev.tandem.candidates;

import dev.tandem.index.FormatHeader;
import dev.tandem.index.StorageFile;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;

/**
 * Copies of the records that most walks pass through, side by side in one file: fetched by a few
 * large reads, where the walk itself would make a small one for each.
 */
final class HotRegion {

    private static final FormatHeader FORMAT = new FormatHeader("TandemHt", 1);
    private static final int FIXED_BYTES = 2 * Integer.BYTES;
    private static final int SPREAD = 0x9E3779B9;
    private static final int FREE = -1;

    /** So many nodes are compared with a query to find where to begin. */
    private static final int LANDMARKS = 2_048;

    private final ByteBuffer records;
    private final int recordBytes;
    private final int[] landmarks;

    /** Node and place, open addressing; the length is a power of two. */
    private final int[] nodes;

    private final int[] places;

    private HotRegion(int[] hot, ByteBuffer records, int recordBytes) {
        this.records = records;
        this.recordBytes = recordBytes;
        int step = Math.max(1, hot.length / LANDMARKS);
        landmarks = IntStream.range(0, hot.length / step).map(i -> hot[i * step]).toArray();
        nodes = new int[Math.max(2, Integer.highestOneBit(hot.length) * 4)];
        places = new int[nodes.length];
        Arrays.fill(nodes, FREE);
        for (int place = 0; place < hot.length; place++) {
            int slot = slot(hot[place]);
            nodes[slot] = hot[place];
            places[slot] = place;
        }
    }

    /**
     * @param hot nodes, none twice
     */
    static void write(StorageFile graph, RecordLayout layout, int[] hot, Path file)
            throws IOException {
        int bytes =
                Math.toIntExact(
                        FormatHeader.BYTES
                                + FIXED_BYTES
                                + (long) hot.length * (Integer.BYTES + layout.bytes())
                                + FormatHeader.CHECKSUM_BYTES);
        ByteBuffer out = ByteBuffer.allocateDirect(bytes);
        FORMAT.put(out);
        out.putInt(layout.bytes()).putInt(hot.length);
        for (int node : hot) {
            out.putInt(node);
        }
        for (int node : hot) {
            ByteBuffer record = out.slice(out.position(), layout.bytes());
            graph.readFully(record, layout.offset(node));
            out.position(out.position() + layout.bytes());
        }
        FormatHeader.write(out, file);
    }

    /**
     * @throws IndexException if the file is not whole, or another graph's
     */
    static HotRegion read(Path path, RecordLayout layout, ExecutorService reads)
            throws IOException {
        try (var file = StorageFile.open(path)) {
            ByteBuffer all = file.load(0, Math.toIntExact(file.length()), reads);
            ByteBuffer in = FORMAT.content(all, path);
            int recordBytes = in.getInt();
            int[] hot = new int[in.getInt()];
            in.slice().asIntBuffer().get(hot);
            in.position(in.position() + hot.length * Integer.BYTES);
            if (recordBytes != layout.bytes()
                    || in.remaining() != (long) hot.length * recordBytes) {
                throw new IndexException(
                        "%s holds records of %d bytes; the graph's have %d. Build the index again."
                                .formatted(path, recordBytes, layout.bytes()));
            }
            return new HotRegion(hot, in.slice(), recordBytes);
        }
    }

    /** The whole graph as its own hot region. */
    static HotRegion whole(StorageFile graph, RecordLayout layout, ExecutorService reads)
            throws IOException {
        int[] all = new int[layout.count()];
        Arrays.setAll(all, i -> i);
        int bytes = Math.multiplyExact(layout.bytes(), layout.count());
        return new HotRegion(all, graph.load(layout.start(), bytes, reads), layout.bytes());
    }

    /** Nodes from all over the region; not a copy. */
    int[] landmarks() {
        return landmarks;
    }

    /** All records, one after the other. */
    ByteBuffer records() {
        return records.duplicate();
    }

    /** Where the node's record begins in {@link #records}; -1 if it is not hot. */
    int offset(int node) {
        int slot = slot(node);
        return nodes[slot] == node ? places[slot] * recordBytes : -1;
    }

    private int slot(int node) {
        int mask = nodes.length - 1;
        int slot = ((node * SPREAD) >>> 5) & mask;
        while (nodes[slot] != FREE && nodes[slot] != node) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
