package dev.tandem.indexing;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.apache.lucene.util.VectorUtil;

/**
 * Vectors in eight bits a dimension, each with a scale of its own, in a mapped file: what the graph
 * is built on. A quarter of the vectors' size, off the heap, and near enough: the cosine of two
 * codes differs from their vectors' by some thousandths.
 */
final class Int8Codes implements AutoCloseable {

    private static final int LARGEST = 127;
    private static final int BLOCK = 1_024;

    private final MappedFile file;
    private final MemorySegment rows;
    private final int dimension;
    private final int stride;
    private final int size;

    private Int8Codes(MappedFile file, int dimension, int size) {
        this.file = file;
        rows = file.bytes();
        this.dimension = dimension;
        this.size = size;
        stride = stride(dimension);
    }

    /** Encodes all vectors into a file, on all cores. */
    static Int8Codes encode(VectorFile vectors, Path file) throws IOException {
        int dimension = vectors.dimension();
        long bytes = (long) vectors.size() * stride(dimension);
        var codes = new Int8Codes(MappedFile.writable(file, 0, bytes), dimension, vectors.size());
        try {
            IntStream.range(0, (vectors.size() + BLOCK - 1) / BLOCK)
                    .parallel()
                    .forEach(block -> codes.encodeBlock(vectors, block));
            return codes;
        } catch (RuntimeException e) {
            codes.close();
            throw e;
        }
    }

    int size() {
        return size;
    }

    int dimension() {
        return dimension;
    }

    /**
     * Copies a code.
     *
     * @param into byte[{@link #dimension()}]
     * @return its scale: code times scale has norm 1 and is nearly the vector
     */
    float read(int ordinal, byte[] into) {
        long offset = (long) ordinal * stride;
        MemorySegment.copy(rows, ValueLayout.JAVA_BYTE, offset + Float.BYTES, into, 0, dimension);
        return rows.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset);
    }

    /** Cosine of two codes with their scales, -1..1 but for rounding; 1 of two that are equal. */
    static float cosine(byte[] a, float aScale, byte[] b, float bScale) {
        return VectorUtil.dotProduct(a, b) * aScale * bScale;
    }

    @Override
    public void close() {
        file.close();
    }

    private static int stride(int dimension) {
        return dimension + Float.BYTES;
    }

    private void encodeBlock(VectorFile vectors, int block) {
        float[] vector = new float[dimension];
        byte[] code = new byte[dimension];
        int end = Math.min(size, (block + 1) * BLOCK);
        for (int ordinal = block * BLOCK; ordinal < end; ordinal++) {
            vectors.read(ordinal, vector);
            float scale = encode(vector, code);
            long offset = (long) ordinal * stride;
            rows.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset, scale);
            MemorySegment.copy(
                    code, 0, rows, ValueLayout.JAVA_BYTE, offset + Float.BYTES, dimension);
        }
    }

    private static float encode(float[] vector, byte[] code) {
        float largest = 0;
        for (float x : vector) {
            largest = Math.max(largest, Math.abs(x));
        }
        float step = largest / LARGEST;
        for (int i = 0; i < vector.length; i++) {
            code[i] = (byte) (step == 0 ? 0 : Math.round(vector[i] / step));
        }
        int squares = VectorUtil.dotProduct(code, code);
        return squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
    }
}
