package dev.tandem.bench;

import dev.tandem.index.Memory;
import java.io.IOException;
import java.nio.file.Path;

/** The searchers by the names they have on the command line. */
final class Searchers {

    private Searchers() {}

    /**
     * @param kind lucene, lucene-rescored, tandem, tandem-low or jvector
     * @param path the index's folder, or the graph's file for jvector
     */
    static Searcher open(String kind, Path path, VectorFiles files) throws IOException {
        String name = kind + " " + path.getFileName();
        return switch (kind) {
            case "lucene" -> LuceneSearcher.open(name, path, files, LuceneSearcher.Scores.OF_WALK);
            case "lucene-rescored" ->
                    LuceneSearcher.open(name, path, files, LuceneSearcher.Scores.FULL_PRECISION);
            case "tandem" -> new TandemSearcher(name, path, Memory.NORMAL);
            case "tandem-low" -> new TandemSearcher(name, path, Memory.LOW);
            case "jvector" -> new JVectorSearcher(name, path);
            default -> throw new IllegalArgumentException("No searcher is called " + kind);
        };
    }
}
