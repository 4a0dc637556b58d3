package dev.tandem.bench;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.Memory;
import java.nio.file.Path;

/** Tandem's stage 1 over an index. The effort is the number of nodes that the walk keeps. */
final class TandemSearcher implements Searcher {

    private final String name;
    private final JVectorCandidateSearcher searcher;

    TandemSearcher(String name, Path index, Memory memory) {
        this.name = name;
        Generation current = new IndexFolder(index).current();
        var manifest = current.manifest();
        searcher =
                JVectorCandidateSearcher.open(
                        current.folder(), manifest.passages(), manifest.dimension(), 1, memory);
        searcher.awaitFetched();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int[] search(float[] query, int k, int effort) {
        return searcher.search(query, k, effort, null, WalkLimits.NONE).list().stream()
                .mapToInt(candidate -> candidate.ordinal())
                .toArray();
    }

    @Override
    public void close() {
        searcher.close();
    }
}
