package dev.tandem.indexing;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Vectors in a file, row after row, little-endian float32. They are written once, in the order of
 * their ordinals, and read through the page cache: their number costs no heap.
 */
public final class VectorFile implements AutoCloseable {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MappedFile file;
    private final MemorySegment values;
    private final int dimension;
    private final int size;

    private VectorFile(MappedFile file, int dimension) {
        this.file = file;
        values = file.bytes();
        this.dimension = dimension;
        size = Math.toIntExact(values.byteSize() / rowBytes(dimension));
    }

    /**
     * Maps a file that is complete.
     *
     * @param dimension numbers in a vector
     */
    public static VectorFile open(Path file, int dimension) throws IOException {
        return new VectorFile(MappedFile.readOnly(file), dimension);
    }

    public int size() {
        return size;
    }

    public int dimension() {
        return dimension;
    }

    /**
     * Copies a vector.
     *
     * @param into float[{@link #dimension()}]
     */
    public void read(int ordinal, float[] into) {
        long offset = ordinal * rowBytes(dimension);
        MemorySegment.copy(values, FLOAT, offset, into, 0, dimension);
    }

    @Override
    public void close() {
        file.close();
    }

    static long rowBytes(int dimension) {
        return (long) dimension * Float.BYTES;
    }

    /** Appends vectors to a file. */
    static final class Writer implements AutoCloseable {

        private static final int ROWS = 256;

        private final FileChannel channel;
        private final ByteBuffer rows;

        /**
         * @param keep vectors of an earlier, stopped build that stay; what follows them is cut off
         */
        Writer(Path file, int dimension, int keep) throws IOException {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            long length = keep * rowBytes(dimension);
            if (channel.size() < length) {
                channel.close();
                throw new IOException(
                        "%s holds fewer than the %d vectors that were written"
                                .formatted(file, keep));
            }
            channel.truncate(length).position(length);
            rows =
                    ByteBuffer.allocateDirect(Math.toIntExact(ROWS * rowBytes(dimension)))
                            .order(ByteOrder.LITTLE_ENDIAN);
        }

        void add(float[] vector) throws IOException {
            if (rows.remaining() < vector.length * Float.BYTES) {
                flush();
            }
            rows.asFloatBuffer().put(vector);
            rows.position(rows.position() + vector.length * Float.BYTES);
        }

        /** Puts everything that was added on the disk. */
        void force() throws IOException {
            flush();
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            try (channel) {
                flush();
            }
        }

        private void flush() throws IOException {
            rows.flip();
            while (rows.hasRemaining()) {
                channel.write(rows);
            }
            rows.clear();
        }
    }
}
