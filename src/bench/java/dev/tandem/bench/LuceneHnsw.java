package dev.tandem.bench;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene102.Lucene102HnswBinaryQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99ScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.MMapDirectory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Lucene's HNSW over a {@link VectorFiles} folder: builds one segment, and measures recall and the
 * latency of one thread.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=LuceneHnsw -Dbench.jvm=-Xmx3g \
 *     -Dbench.args="build float32|int7|int4|bit VECTORS INDEX"
 * ./mvnw -q -Pbench test-compile exec:exec -Dbench=LuceneHnsw \
 *     -Dbench.args="measure lucene|lucene-rescored VECTORS INDEX 100 200 400"</pre>
 *
 * <p>Lucene logs "Java vector incubator API enabled" when it computes with SIMD.
 *
 * <p>The build adds all vectors without a graph first, in a flat format, and then merges the flat
 * segments into one with a graph. So the graph is built once, by two threads, over all vectors;
 * adding to a graph from the start would build it on one thread, and once more for each merge.
 */
public final class LuceneHnsw {

    private static final int MAX_CONNECTIONS = 16;
    private static final int BEAM_WIDTH = 100;
    private static final int THREADS = 2;
    private static final int RAM_BUFFER_MB = 512;
    private static final int K = 100;

    /** How the graph's vectors are kept; all keep the float vectors too. */
    private enum Form {
        FLOAT32,
        /** 7 bits a dimension, the form of Lucene's default quantization. */
        INT7,
        INT4,
        /** One bit a dimension; needs a large effort and float scores. */
        BIT;

        KnnVectorsFormat format(ExecutorService threads) {
            return switch (this) {
                case FLOAT32 ->
                        new Lucene99HnswVectorsFormat(
                                MAX_CONNECTIONS, BEAM_WIDTH, THREADS, threads);
                case INT7 -> scalar(7, threads);
                case INT4 -> scalar(4, threads);
                case BIT ->
                        new Lucene102HnswBinaryQuantizedVectorsFormat(
                                MAX_CONNECTIONS, BEAM_WIDTH, THREADS, threads);
            };
        }

        private static KnnVectorsFormat scalar(int bits, ExecutorService threads) {
            boolean twoInOneByte = bits == 4;
            return new Lucene99HnswScalarQuantizedVectorsFormat(
                    MAX_CONNECTIONS, BEAM_WIDTH, THREADS, bits, twoInOneByte, null, threads);
        }
    }

    private LuceneHnsw() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[2]);
        Path index = Path.of(args[3]);
        try (var files = VectorFiles.open(folder)) {
            switch (args[0]) {
                case "build" -> build(Form.valueOf(args[1].toUpperCase(Locale.ROOT)), files, index);
                case "measure" -> {
                    int[] efforts = Stream.of(args).skip(4).mapToInt(Integer::parseInt).toArray();
                    measure(args[1], files, index, efforts);
                }
                default -> throw new IllegalArgumentException("build or measure, not " + args[0]);
            }
        }
    }

    private static void build(Form form, VectorFiles files, Path index) throws IOException {
        long start = System.nanoTime();
        try (var directory = new MMapDirectory(index);
                var threads = Executors.newFixedThreadPool(THREADS)) {
            try (var writer = new IndexWriter(directory, flat())) {
                addAll(files, writer);
            }
            System.out.printf("added after %.0f s%n", secondsSince(start));
            try (var writer = new IndexWriter(directory, merging(form.format(threads)))) {
                writer.forceMerge(1);
            }
        }
        System.out.printf("%s: %,d vectors, %.0f s%n", form, files.size(), secondsSince(start));
    }

    private static void addAll(VectorFiles files, IndexWriter writer) throws IOException {
        float[] vector = new float[files.dimension()];
        var field =
                new KnnFloatVectorField(
                        LuceneSearcher.FIELD, vector, VectorSimilarityFunction.DOT_PRODUCT);
        var document = new Document();
        document.add(field);
        for (int i = 0; i < files.size(); i++) {
            files.read(i, vector);
            field.setVectorValue(vector);
            writer.addDocument(document);
            if (i == files.size() / 2) {
                // A single segment would be left as it is, without a graph.
                writer.commit();
            }
        }
    }

    private static IndexWriterConfig flat() {
        return new IndexWriterConfig()
                .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                .setCodec(codec(new Lucene99ScalarQuantizedVectorsFormat()))
                .setUseCompoundFile(false)
                .setRAMBufferSizeMB(RAM_BUFFER_MB)
                .setMergePolicy(NoMergePolicy.INSTANCE);
    }

    private static IndexWriterConfig merging(KnnVectorsFormat format) {
        // Merges neighbours only, so that documents keep their order.
        var all = new LogDocMergePolicy();
        all.setMergeFactor(1_000);
        all.setNoCFSRatio(0);
        return new IndexWriterConfig()
                .setOpenMode(IndexWriterConfig.OpenMode.APPEND)
                .setCodec(codec(format))
                .setUseCompoundFile(false)
                .setMergePolicy(all);
    }

    private static Codec codec(KnnVectorsFormat format) {
        Codec usual = Codec.getDefault();
        var one =
                new PerFieldKnnVectorsFormat() {
                    @Override
                    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return format;
                    }
                };
        // The usual name, by which readers find the codec; they read the format's from the field.
        return new FilterCodec(usual.getName(), usual) {
            @Override
            public KnnVectorsFormat knnVectorsFormat() {
                return one;
            }
        };
    }

    private static void measure(String kind, VectorFiles files, Path index, int[] efforts)
            throws IOException {
        try (var searcher = Searchers.open(kind, index, files)) {
            for (int effort : efforts) {
                var contender = new Contender(searcher, effort, K);
                RoundRobin.run(List.of(contender), files);
                System.out.println(contender.report());
            }
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
