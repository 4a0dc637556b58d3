package dev.tandem.indexing;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of a build in memory, off the heap; freed by whoever closes it, for threads share it. */
final class MappedFile implements AutoCloseable {

    private final Arena arena;
    private final MemorySegment bytes;

    private MappedFile(Arena arena, MemorySegment bytes) {
        this.arena = arena;
        this.bytes = bytes;
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
        arena.close();
    }

    private static MappedFile map(FileChannel channel, MapMode mode, long start, long length)
            throws IOException {
        Arena arena = Arena.ofShared();
        try {
            return new MappedFile(arena, channel.map(mode, start, length, arena));
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }
}
