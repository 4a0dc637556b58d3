package dev.tandem.candidates;

import dev.tandem.index.IndexLayout;
import dev.tandem.index.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Reads what opening a graph will read, so that it comes from the page cache then: done beside the
 * loading of the models, which takes a second of computing.
 */
public final class Prefetch {

    private static final Logger LOG = Logger.getLogger(Prefetch.class);

    /** Reads in progress at a time. */
    private static final int THREADS = 8;

    /** Enough for the header, which holds the codebooks. */
    private static final long HEAD_BYTES = 1L << 20;

    private Prefetch() {}

    /** Starts the reads and returns. What cannot be read will be an error when it is opened. */
    public static void start(Path generation) {
        Path graph = IndexLayout.graph(generation);
        Path hot = IndexLayout.hot(generation);
        boolean heldWhole = !Files.exists(hot);
        startReads(graph, heldWhole ? Long.MAX_VALUE : HEAD_BYTES);
        List.of(hot, IndexLayout.checksums(generation))
                .forEach(file -> startReads(file, Long.MAX_VALUE));
    }

    private static void startReads(Path path, long most) {
        for (int i = 0; i < THREADS; i++) {
            long first = (long) i * StorageFile.LARGE_READ;
            Thread.ofPlatform()
                    .daemon()
                    .name("tandem-prefetch")
                    .start(() -> read(path, first, most));
        }
    }

    /** Every {@link #THREADS}th piece from {@code first} on. */
    private static void read(Path path, long first, long most) {
        if (!Files.exists(path)) {
            return;
        }
        try (var file = StorageFile.open(path)) {
            long end = Math.min(most, file.length());
            ByteBuffer piece = ByteBuffer.allocateDirect(StorageFile.LARGE_READ);
            for (long at = first; at < end; at += (long) THREADS * StorageFile.LARGE_READ) {
                piece.clear().limit((int) Math.min(piece.capacity(), end - at));
                file.readFully(piece, at);
            }
        } catch (IOException e) {
            LOG.debugf("%s was not prefetched: %s", path, e.getMessage());
        }
    }
}
