package dev.tandem.index;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * A file on the mount, read by explicit reads and never mapped: a read that meets a truncated file
 * or a broken mount throws, where a mapped page would end the process, and a thread that waits for
 * the storage does not hold up the garbage collector, which a page fault does. Thread-safe.
 */
public final class StorageFile implements AutoCloseable {

    /** What NFS moves in one request; a larger read gains nothing. */
    public static final int LARGE_READ = 1 << 20;

    private final Path path;
    private final long length;
    private volatile FileChannel channel;
    private boolean closed;

    private StorageFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        length = channel.size();
    }

    public static StorageFile open(Path path) throws IOException {
        var channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new StorageFile(path, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /** Bytes when it was opened. */
    public long length() {
        return length;
    }

    /**
     * Fills {@code into} from its position to its limit.
     *
     * @throws EOFException if the file ends before
     */
    public void readFully(ByteBuffer into, long offset) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int read = readSome(into, at);
            if (read < 0) {
                throw new EOFException(
                        "%s ends at byte %d, before byte %d"
                                .formatted(path, at, at + into.remaining()));
            }
            at += read;
        }
    }

    /** Reads a part of the file by large reads side by side. */
    public ByteBuffer load(long offset, int bytes, ExecutorService reads) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(bytes);
        List<Future<?>> parts = new ArrayList<>();
        for (int start = 0; start < bytes; start += LARGE_READ) {
            ByteBuffer part = all.slice(start, Math.min(LARGE_READ, bytes - start));
            long from = offset + start;
            parts.add(
                    reads.submit(
                            () -> {
                                readFully(part, from);
                                return null;
                            }));
        }
        for (Future<?> part : parts) {
            await(part);
        }
        return all;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }

    private static void await(Future<?> part) throws IOException {
        try {
            part.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while reading", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(e.getCause());
        }
    }

    private int readSome(ByteBuffer into, long offset) throws IOException {
        while (true) {
            FileChannel open = channel;
            try {
                return open.read(into, offset);
            } catch (ClosedByInterruptException e) {
                // Java closes the channel of an interrupted thread, under all others too.
                reopen(open);
                throw e;
            } catch (ClosedChannelException e) {
                reopen(open);
            }
        }
    }

    private synchronized void reopen(FileChannel broken) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (channel == broken) {
            boolean interrupted = Thread.interrupted();
            channel = FileChannel.open(path, StandardOpenOption.READ);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
