package dev.tandem.bench;

import java.io.IOException;
import java.nio.file.Path;

/** The searchers by the names they have on the command line. */
final class Searchers {

    private Searchers() {}

    /**
     * @param kind lucene, lucene-rescored or jvector
     * @param path the Lucene index's folder or the graph's file
     */
    static Searcher open(String kind, Path path, VectorFiles files) throws IOException {
        String name = kind + " " + path.getFileName();
        return switch (kind) {
            case "lucene" -> LuceneSearcher.open(name, path, files, LuceneSearcher.Scores.OF_WALK);
            case "lucene-rescored" ->
                    LuceneSearcher.open(name, path, files, LuceneSearcher.Scores.FULL_PRECISION);
            case "jvector" -> new JVectorSearcher(name, path);
            default -> throw new IllegalArgumentException("No searcher is called " + kind);
        };
    }
}
