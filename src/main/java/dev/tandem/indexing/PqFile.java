package dev.tandem.indexing;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.index.FormatHeader;
import io.github.jbellis.jvector.disk.BufferedRandomAccessWriter;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.ByteSequence;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Product quantization of all vectors in a file that JVector reads as PQVectors: codebooks, number
 * of vectors, bytes of a code, codes.
 */
final class PqFile implements AutoCloseable {

    private static final VectorTypeSupport TYPES =
            VectorizationProvider.getInstance().getVectorTypeSupport();

    /** FusedPQ knows no other number. */
    private static final int CLUSTERS = 256;

    private static final int TRAINING_VECTORS = 25_000;
    private static final int BLOCK = 1_024;

    private final ProductQuantization quantization;
    private final MappedFile file;
    private final MemorySegment codes;

    private PqFile(ProductQuantization quantization, MappedFile file) {
        this.quantization = quantization;
        this.file = file;
        codes = file.bytes();
    }

    /**
     * Trains on a sample and encodes every vector, on all cores.
     *
     * @param subspaces bytes of a code
     */
    static PqFile write(VectorFile vectors, int subspaces, Path file) throws IOException {
        var sample = VectorValues.sample(vectors, TRAINING_VECTORS);
        var quantization = ProductQuantization.compute(sample, subspaces, CLUSTERS, false);
        long start;
        try (var out = new BufferedRandomAccessWriter(file)) {
            ByteBuffer header = ByteBuffer.allocate(FormatHeader.BYTES);
            JVectorCandidateSearcher.CODES.put(header);
            out.write(header.array());
            quantization.write(out, OnDiskGraphIndex.CURRENT_VERSION);
            out.writeInt(vectors.size());
            out.writeInt(subspaces);
            start = out.position();
        }
        long bytes = (long) vectors.size() * subspaces;
        var written = new PqFile(quantization, MappedFile.writable(file, start, bytes));
        try {
            IntStream.range(0, (vectors.size() + BLOCK - 1) / BLOCK)
                    .parallel()
                    .forEach(block -> written.encodeBlock(vectors, block));
            FormatHeader.appendChecksum(file);
            return written;
        } catch (IOException | RuntimeException e) {
            written.close();
            throw e;
        }
    }

    ProductQuantization quantization() {
        return quantization;
    }

    ByteSequence<?> code(int ordinal) {
        byte[] code = new byte[quantization.getSubspaceCount()];
        MemorySegment.copy(
                codes, ValueLayout.JAVA_BYTE, (long) ordinal * code.length, code, 0, code.length);
        return TYPES.createByteSequence(code);
    }

    @Override
    public void close() {
        file.close();
    }

    private void encodeBlock(VectorFile vectors, int block) {
        int width = quantization.getSubspaceCount();
        float[] vector = new float[vectors.dimension()];
        byte[] row = new byte[width];
        int end = Math.min(vectors.size(), (block + 1) * BLOCK);
        for (int ordinal = block * BLOCK; ordinal < end; ordinal++) {
            vectors.read(ordinal, vector);
            ByteSequence<?> code = quantization.encode(TYPES.createFloatVector(vector));
            for (int i = 0; i < width; i++) {
                row[i] = code.get(i);
            }
            MemorySegment.copy(row, 0, codes, ValueLayout.JAVA_BYTE, (long) ordinal * width, width);
        }
    }
}
