package dev.tandem.candidates;

import dev.tandem.index.FormatHeader;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.IndexManifest.FileEntry;
import dev.tandem.index.Memory;
import java.nio.file.Path;

/**
 * What the graph of a generation takes in memory while it is served, told by its manifest. Models
 * and the page cache are not in it.
 *
 * @param held bytes that are held always: the hot region or the whole graph, checksums, the graph's
 *     header
 * @param codes bytes that are held besides with {@link Memory#NORMAL}
 * @param search bytes that one search at a time takes besides, about
 */
public record MemoryNeed(long held, long codes, long search) {

    /** A hot region's bytes but for its nodes and their records. */
    private static final int HOT_FRAME =
            FormatHeader.BYTES + 2 * Integer.BYTES + FormatHeader.CHECKSUM_BYTES;

    /** Finding a record in a hot region takes at most so many bytes. */
    private static final int HOT_PLACE = 32;

    /** Sums of a query and the 256 values that a byte of a code can have, float32. */
    private static final int SUMS_A_CODE_BYTE = 256 * Float.BYTES;

    /** A walk's queues, and the sets of nodes that it visited and scored: some thousand nodes. */
    private static final long QUEUES = 128L << 10;

    /** Of a generation that is described by its manifest. */
    public static MemoryNeed of(IndexManifest manifest) {
        int hot = manifest.vectors().hotRecords();
        return hot == 0 ? ofWhole(manifest) : ofHot(manifest, hot);
    }

    /** Bytes that are held, however many searches there are. */
    public long held(Memory memory) {
        return memory == Memory.NORMAL ? held + codes : held;
    }

    /** Every record is hot, and none is read ahead. */
    private static MemoryNeed ofWhole(IndexManifest manifest) {
        int count = manifest.passages();
        long graph = length(manifest, IndexLayout.graph(Path.of("")));
        long held = RecordChecksums.memory(count) + graph + (long) HOT_PLACE * count;
        return new MemoryNeed(held, 0, QUEUES + graph / Math.max(1, count));
    }

    private static MemoryNeed ofHot(IndexManifest manifest, int hot) {
        int count = manifest.passages();
        long region = length(manifest, IndexLayout.hot(Path.of("")));
        long record = (region - HOT_FRAME) / hot - Integer.BYTES;
        long header = length(manifest, IndexLayout.graph(Path.of(""))) - count * record;
        long held = RecordChecksums.memory(count) + header + region + (long) HOT_PLACE * hot;
        long readAhead = (1 + GraphStorage.PARALLEL_READS) * record;
        long sums = (long) manifest.vectors().codeBytes() * SUMS_A_CODE_BYTE;
        return new MemoryNeed(
                held, length(manifest, IndexLayout.codes(Path.of(""))), QUEUES + readAhead + sums);
    }

    private static long length(IndexManifest manifest, Path file) {
        return manifest.files().stream()
                .filter(entry -> entry.path().equals(file.toString()))
                .mapToLong(FileEntry::length)
                .sum();
    }
}
