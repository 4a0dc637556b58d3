package dev.tandem.bench;

import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RescoreTopNQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.MMapDirectory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Lucene's HNSW in a mapped folder, one segment, on the caller's thread. The effort is the {@code
 * k} of Lucene's query, which is also the size of its walk's queue.
 */
final class LuceneSearcher implements Searcher {

    /** Which scores order the answer. */
    enum Scores {
        OF_WALK,
        /** All that the walk kept is scored again with float vectors, by Lucene's own query. */
        FULL_PRECISION
    }

    static final String FIELD = "vector";

    /** Vectors looked at when opening. */
    private static final int CHECKED = 1_000;

    private final String name;
    private final MMapDirectory directory;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final Scores scores;

    private LuceneSearcher(
            String name, MMapDirectory directory, DirectoryReader reader, Scores scores) {
        this.name = name;
        this.directory = directory;
        this.reader = reader;
        this.scores = scores;
        searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
    }

    static LuceneSearcher open(String name, Path folder, VectorFiles files, Scores scores)
            throws IOException {
        var directory = new MMapDirectory(folder);
        var reader = DirectoryReader.open(directory);
        check(reader, files);
        return new LuceneSearcher(name, directory, reader, scores);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int[] search(float[] query, int k, int effort) {
        Query walk = new KnnFloatVectorQuery(FIELD, query, effort);
        Query wanted =
                scores == Scores.OF_WALK
                        ? walk
                        : RescoreTopNQuery.createFullPrecisionRescorerQuery(walk, query, FIELD, k);
        try {
            ScoreDoc[] found = searcher.search(wanted, k).scoreDocs;
            return Arrays.stream(found).mapToInt(hit -> hit.doc).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
            directory.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** That a document's number is its vector's ordinal. */
    private static void check(DirectoryReader reader, VectorFiles files) throws IOException {
        if (reader.leaves().size() != 1 || reader.maxDoc() != files.size()) {
            throw new IOException(
                    "Lucene has %d vectors in %d segments; wanted are %d in one"
                            .formatted(reader.maxDoc(), reader.leaves().size(), files.size()));
        }
        LeafReader segment = reader.leaves().getFirst().reader();
        var vectors = segment.getFloatVectorValues(FIELD);
        float[] expected = new float[files.dimension()];
        for (int i = 0; i < CHECKED; i++) {
            int ordinal = (int) ((long) i * files.size() / CHECKED);
            files.read(ordinal, expected);
            if (!Arrays.equals(vectors.vectorValue(ordinal), expected)) {
                throw new IOException("Lucene has another vector at " + ordinal);
            }
        }
    }
}
