package dev.tandem.indexing;

import dev.tandem.settings.NativeExecutable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of a build in memory, off the heap; freed by whoever closes it, for threads share it. A
 * native executable has no arena that threads share and one of them closes (ADR 26): there the
 * garbage collector frees it some time after it was closed.
 */
final class MappedFile implements AutoCloseable {

    private final MemorySegment bytes;
    private final Runnable free;

    private MappedFile(MemorySegment bytes, Runnable free) {
        this.bytes = bytes;
        this.free = free;
    }

    /** All of a file that is complete. */
    static MappedFile readOnly(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return map(channel, MapMode.READ_ONLY, 0, channel.size());
        }
    }

    /** A part of a file, which is made, or made longer with zeros, if need be. */
    static MappedFile writable(Path file, long start, long length) throws IOException {
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return map(channel, MapMode.READ_WRITE, start, length);
        }
    }

    MemorySegment bytes() {
        return bytes;
    }

    @Override
    public void close() {
        free.run();
    }

    private static MappedFile map(FileChannel channel, MapMode mode, long start, long length)
            throws IOException {
        if (NativeExecutable.isRunning()) {
            return new MappedFile(channel.map(mode, start, length, Arena.ofAuto()), () -> {});
        }
        Arena arena = Arena.ofShared();
        try {
            return new MappedFile(channel.map(mode, start, length, arena), arena::close);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }
}
