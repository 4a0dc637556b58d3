package dev.tandem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A benchmark's vectors in a folder: vectors.json says how many; base.f32 and queries.f32 are
 * float[rows, dimension], truth.i32 is int[queries, {@link #TRUTH}], all little-endian, row by row
 * and without a header.
 */
final class VectorFiles implements AutoCloseable {

    /** True neighbours a query. */
    static final int TRUTH = 100;

    private static final String BASE = "base.f32";
    private static final String QUERIES = "queries.f32";
    private static final String TRUE_NEIGHBOURS = "truth.i32";
    private static final String DESCRIPTION = "vectors.json";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment base;
    private final int size;
    private final int dimension;
    private final float[][] queries;
    private final int[][] truth;

    private VectorFiles(Path folder, boolean withTruth) throws IOException {
        JsonNode description = JSON.readTree(folder.resolve(DESCRIPTION).toFile());
        size = description.path("count").asInt();
        dimension = description.path("dimension").asInt();
        base = map(folder.resolve(BASE));
        if (base.byteSize() != (long) size * dimension * Float.BYTES) {
            throw new IOException(
                    "%s has %d bytes; %d vectors of dimension %d do not"
                            .formatted(folder.resolve(BASE), base.byteSize(), size, dimension));
        }
        queries = queries(folder, dimension);
        truth = withTruth ? truth(folder) : new int[0][];
    }

    static VectorFiles open(Path folder) throws IOException {
        return new VectorFiles(folder, true);
    }

    static VectorFiles openWithoutTruth(Path folder) throws IOException {
        return new VectorFiles(folder, false);
    }

    int size() {
        return size;
    }

    int dimension() {
        return dimension;
    }

    /** Copies the vectors from {@code ordinal} on, as many as {@code into} has room for. */
    void read(int ordinal, float[] into) {
        long offset = (long) ordinal * dimension * Float.BYTES;
        MemorySegment.copy(base, FLOAT, offset, into, 0, into.length);
    }

    /** Not a copy. */
    float[][] queries() {
        return queries;
    }

    /** How many of these are among the query's {@code k} true neighbours; {@code k} to TRUTH. */
    int found(int query, int[] ordinals, int k) {
        int[] best = Arrays.copyOf(truth[query], k);
        Arrays.sort(best);
        return (int) Arrays.stream(ordinals).filter(o -> Arrays.binarySearch(best, o) >= 0).count();
    }

    @Override
    public void close() {
        arena.close();
    }

    static RowWriter baseWriter(Path folder) throws IOException {
        return new RowWriter(folder.resolve(BASE));
    }

    static void writeQueries(Path folder, List<float[]> queries) throws IOException {
        try (var writer = new RowWriter(folder.resolve(QUERIES))) {
            for (float[] query : queries) {
                writer.write(query);
            }
        }
    }

    static void writeTruth(Path folder, int[][] truth) throws IOException {
        byte[] bytes = new byte[truth.length * TRUTH * Integer.BYTES];
        IntBuffer ints = littleEndian(bytes).asIntBuffer();
        for (int[] ordinals : truth) {
            ints.put(ordinals);
        }
        Files.write(folder.resolve(TRUE_NEIGHBOURS), bytes);
    }

    static void writeDescription(Path folder, Map<String, Object> description) throws IOException {
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve(DESCRIPTION).toFile(), description);
    }

    /** Writes vectors one after the other. */
    static final class RowWriter implements AutoCloseable {

        private final OutputStream out;

        private RowWriter(Path file) throws IOException {
            out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
        }

        void write(float[] vector) throws IOException {
            byte[] bytes = new byte[vector.length * Float.BYTES];
            littleEndian(bytes).asFloatBuffer().put(vector);
            out.write(bytes);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    private MemorySegment map(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    private static float[][] queries(Path folder, int dimension) throws IOException {
        var floats = buffer(folder.resolve(QUERIES)).asFloatBuffer();
        var queries = new float[floats.remaining() / dimension][dimension];
        for (float[] query : queries) {
            floats.get(query);
        }
        return queries;
    }

    private static int[][] truth(Path folder) throws IOException {
        var ints = buffer(folder.resolve(TRUE_NEIGHBOURS)).asIntBuffer();
        var truth = new int[ints.remaining() / TRUTH][TRUTH];
        for (int[] ordinals : truth) {
            ints.get(ordinals);
        }
        return truth;
    }

    private static ByteBuffer buffer(Path file) throws IOException {
        return littleEndian(Files.readAllBytes(file));
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
