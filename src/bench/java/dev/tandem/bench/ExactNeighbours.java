package dev.tandem.bench;

import io.github.jbellis.jvector.vector.VectorUtil;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;

import org.apache.lucene.util.NumericUtils;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The nearest vectors by dot product, by comparing with all of them. */
final class ExactNeighbours {

    /** Rows at a time: about 100 KB at dimension 384, which stays in a core's second cache. */
    private static final int BLOCK = 64;

    private ExactNeighbours() {}

    /** Of each query, nearest first; of equals the smaller ordinal first. */
    static int[][] of(VectorFiles files, int k) {
        int threads = Runtime.getRuntime().availableProcessors();
        int queries = files.queries().length;
        return IntStream.range(0, threads)
                .parallel()
                .mapToObj(t -> scan(files, queries * t / threads, queries * (t + 1) / threads, k))
                .flatMap(Arrays::stream)
                .toArray(int[][]::new);
    }

    private static int[][] scan(VectorFiles files, int from, int to, int k) {
        var types = VectorizationProvider.getInstance().getVectorTypeSupport();
        List<Nearest> nearest =
                IntStream.range(from, to)
                        .mapToObj(q -> new Nearest(types.createFloatVector(files.queries()[q]), k))
                        .toList();
        for (int first = 0; first < files.size(); first += BLOCK) {
            int rows = Math.min(BLOCK, files.size() - first);
            float[] block = new float[rows * files.dimension()];
            files.read(first, block);
            VectorFloat<?> vectors = types.createFloatVector(block);
            for (Nearest query : nearest) {
                query.offer(vectors, first, rows);
            }
        }
        return nearest.stream().map(Nearest::ordinals).toArray(int[][]::new);
    }

    /** The best so far of one query. */
    private static final class Nearest {

        private final VectorFloat<?> query;

        /** Score above, complement of the ordinal below; ascending. */
        private final long[] best;

        Nearest(VectorFloat<?> query, int k) {
            this.query = query;
            best = new long[k];
            Arrays.fill(best, Long.MIN_VALUE);
        }

        void offer(VectorFloat<?> block, int first, int rows) {
            int dimension = query.length();
            for (int row = 0; row < rows; row++) {
                float score = VectorUtil.dotProduct(block, row * dimension, query, 0, dimension);
                long entry = (long) NumericUtils.floatToSortableInt(score) << 32;
                keep(entry | (~(first + row) & 0xFFFFFFFFL));
            }
        }

        private void keep(long entry) {
            if (entry <= best[0]) {
                return;
            }
            int place = -Arrays.binarySearch(best, entry) - 2;
            System.arraycopy(best, 1, best, 0, place);
            best[place] = entry;
        }

        int[] ordinals() {
            int[] ordinals = new int[best.length];
            Arrays.setAll(ordinals, i -> ~(int) best[best.length - 1 - i]);
            return ordinals;
        }
    }
}
