package dev.tandem.bench;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.fixtures.VectorSets;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.Memory;
import dev.tandem.index.PassageStore;
import dev.tandem.index.Verify;
import dev.tandem.model.Candidate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens what is served, under a lease, and compares it with what it was before. Thread-safe. */
final class ServedCheck {

    private static final int QUERIES = 5;
    private static final int CANDIDATES = 100;

    private final IndexFolder index;
    private final int dimension;
    private final List<float[]> queries;
    private final Map<String, List<List<Candidate>>> answers = new ConcurrentHashMap<>();

    ServedCheck(Path index, int dimension) {
        this.index = new IndexFolder(index);
        this.dimension = dimension;
        queries = new VectorSets(dimension, 77).some(QUERIES);
    }

    /** What a reader does: opens, searches, reads a passage of each answer. */
    void read() {
        try (var leased = index.lease(Verify.LENGTHS)) {
            search(leased.generation());
        }
    }

    /** Reads every byte too. @return the served generation's id */
    String checkAll() {
        try (var leased = index.lease(Verify.FULL)) {
            Generation generation = leased.generation();
            require(generation.damage(), generation);
            require(generation.unexpected(), generation);
            search(generation);
            try (var store = PassageStore.open(generation)) {
                store.verify();
            }
            return generation.id();
        }
    }

    private static void require(List<String> problems, Generation generation) {
        if (!problems.isEmpty()) {
            throw new IllegalStateException(generation.id() + ": " + problems);
        }
    }

    private void search(Generation generation) {
        int size = generation.manifest().passages();
        try (var searcher =
                        JVectorCandidateSearcher.open(
                                generation.folder(), size, dimension, 2, Memory.NORMAL);
                var store = PassageStore.open(generation)) {
            searcher.awaitFetched();
            List<List<Candidate>> found =
                    queries.stream()
                            .map(q -> searcher.search(q, CANDIDATES, null, WalkLimits.NONE).list())
                            .toList();
            List<List<Candidate>> before = answers.putIfAbsent(generation.id(), found);
            if (before != null && !before.equals(found)) {
                throw new IllegalStateException(generation.id() + " answers otherwise than before");
            }
            for (List<Candidate> answer : found) {
                int ordinal = answer.getFirst().ordinal();
                if (!store.passage(ordinal).id().equals("p" + ordinal)) {
                    throw new IllegalStateException(generation.id() + " has another passage");
                }
            }
        }
    }
}
