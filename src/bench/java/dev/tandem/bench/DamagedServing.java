package dev.tandem.bench;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.fixtures.VectorSets;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.LeasedGeneration;
import dev.tandem.index.Memory;
import dev.tandem.index.PassageStore;
import dev.tandem.index.Verify;
import dev.tandem.model.Candidate;
import dev.tandem.model.Filter;
import dev.tandem.model.Filter.DateRange;
import dev.tandem.model.Filter.End;
import dev.tandem.model.Filter.Not;
import dev.tandem.model.Filter.NumberRange;
import dev.tandem.model.Filter.OneOf;
import dev.tandem.model.IndexException;
import dev.tandem.model.MetadataValue.Flag;
import dev.tandem.model.MetadataValue.Fraction;
import dev.tandem.model.MetadataValue.Text;
import dev.tandem.model.MetadataValue.Whole;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers queries from an index that may be damaged, and compares with what is right. */
final class DamagedServing {

    /** What came of it; the last one that a round has seen counts. */
    enum Outcome {
        EQUAL,
        REFUSED,
        FILTER_DIFFERS,
        WRONG
    }

    private static final int QUERIES = 20;
    private static final int CANDIDATES = 100;
    private static final int TOP_K = 10;

    private static final List<Filter> FILTERS =
            List.of(
                    new OneOf("kind", List.of(new Text("kind 2"))),
                    new OneOf("author", List.of(new Text("author 17"), new Text("author 600"))),
                    new Not(new OneOf("open", List.of(new Flag(true)))),
                    new NumberRange("year", new End(new Whole(1990), true), null),
                    new NumberRange("price", null, new End(new Fraction(200.5), false)),
                    new DateRange("date", Instant.parse("2010-01-01T00:00:00Z"), null));

    private final IndexFolder index;
    private final List<float[]> queries =
            new VectorSets(StormIndex.DIMENSION, 22).some(QUERIES);
    private final List<BitSet> accepted = new ArrayList<>();

    /** By query: with all codes in memory, and with those in the records, as before they are. */
    private final List<Set<List<Candidate>>> expected = new ArrayList<>();

    private final List<Set<List<Candidate>>> expectedFiltered = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** Takes what an undamaged index answers for right. */
    DamagedServing(Path folder) {
        index = new IndexFolder(folder);
        try (var normal = new Open(index, Memory.NORMAL);
                var low = new Open(index, Memory.LOW)) {
            normal.searcher.awaitFetched();
            for (int q = 0; q < QUERIES; q++) {
                float[] query = queries.get(q);
                BitSet fit = normal.store.matching(filter(q));
                accepted.add(fit);
                expected.add(new HashSet<>(both(normal, low, query, null)));
                expectedFiltered.add(new HashSet<>(both(normal, low, query, fit)));
            }
        }
    }

    private static List<List<Candidate>> both(
            Open normal, Open low, float[] query, @Nullable BitSet fit) {
        return List.of(normal.search(query, fit), low.search(query, fit));
    }

    /** What was wrong, in words. */
    List<String> notes() {
        return notes;
    }

    /** Opens the index and asks it all queries. */
    Outcome serve(Path damaged) {
        Set<Outcome> seen = EnumSet.of(Outcome.EQUAL);
        attempt(
                damaged,
                seen,
                () -> {
                    try (var open = new Open(index, Memory.NORMAL)) {
                        attempt(damaged, seen, open.searcher::awaitFetched);
                        ask(open, damaged, seen);
                    }
                });
        return worst(seen);
    }

    /** Opens the index and asks, damages it, and asks again. */
    Outcome serveWhile(Path damaged, Damage damage) {
        Set<Outcome> seen = EnumSet.of(Outcome.EQUAL);
        attempt(
                damaged,
                seen,
                () -> {
                    try (var open = new Open(index, Memory.NORMAL)) {
                        open.searcher.awaitFetched();
                        open.search(queries.getFirst(), null);
                        damage.happen();
                        ask(open, damaged, seen);
                    }
                });
        return worst(seen);
    }

    interface Damage {
        void happen() throws IOException;
    }

    private interface Step {
        void run() throws IOException;
    }

    private static final class Open implements AutoCloseable {
        private final LeasedGeneration leased;
        private final JVectorCandidateSearcher searcher;
        private final PassageStore store;

        Open(IndexFolder index, Memory memory) {
            leased = index.lease(Verify.LENGTHS);
            Generation generation = leased.generation();
            JVectorCandidateSearcher opened = null;
            try {
                opened =
                        JVectorCandidateSearcher.open(
                                generation.folder(),
                                StormIndex.SIZE,
                                StormIndex.DIMENSION,
                                2,
                                memory);
                store = PassageStore.open(generation);
                searcher = opened;
                opened = null;
            } catch (RuntimeException e) {
                leased.close();
                throw e;
            } finally {
                if (opened != null) {
                    opened.close();
                }
            }
        }

        List<Candidate> search(float[] query, @Nullable BitSet accepted) {
            return searcher.search(query, CANDIDATES, accepted, WalkLimits.NONE).list();
        }

        @Override
        public void close() {
            try (leased;
                    searcher) {
                store.close();
            }
        }
    }

    private void ask(Open open, Path damaged, Set<Outcome> seen) {
        for (int q = 0; q < QUERIES; q++) {
            int query = q;
            attempt(damaged, seen, () -> compare(open, query, null, expected.get(query)));
            attempt(damaged, seen, () -> askFiltered(open, query, seen));
        }
    }

    private void askFiltered(Open open, int query, Set<Outcome> seen) {
        BitSet found = open.store.matching(filter(query));
        if (found.equals(accepted.get(query))) {
            compare(open, query, found, expectedFiltered.get(query));
        } else {
            seen.add(Outcome.FILTER_DIFFERS);
            comparePassages(open, open.search(queries.get(query), found));
        }
    }

    private void compare(
            Open open, int query, @Nullable BitSet filter, Set<List<Candidate>> right) {
        List<Candidate> found = open.search(queries.get(query), filter);
        if (!right.contains(found)) {
            throw new IllegalStateException("other candidates");
        }
        comparePassages(open, found);
    }

    private static void comparePassages(Open open, List<Candidate> found) {
        for (Candidate hit : found.subList(0, Math.min(TOP_K, found.size()))) {
            int ordinal = hit.ordinal();
            if (!Arrays.equals(open.store.tokenIds(ordinal), StormIndex.tokens(ordinal))) {
                throw new IllegalStateException("other token ids of passage " + ordinal);
            }
            if (!open.store.passage(ordinal).equals(StormIndex.passage(ordinal))) {
                throw new IllegalStateException("another passage " + ordinal);
            }
        }
    }

    /** A refusal must name the file, or for what Lucene reads, its folder. */
    private void attempt(Path damaged, Set<Outcome> seen, Step step) {
        try {
            step.run();
        } catch (IndexException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains(damaged.toString())
                    || (inStore(damaged)
                            && message.contains(String.valueOf(damaged.getParent())))) {
                seen.add(Outcome.REFUSED);
            } else {
                wrong(damaged, seen, "named no file: " + message);
            }
        } catch (Throwable e) {
            wrong(damaged, seen, e.toString());
        }
    }

    private void wrong(Path damaged, Set<Outcome> seen, String how) {
        seen.add(Outcome.WRONG);
        notes.add(damaged.getFileName() + ": " + how);
    }

    private static boolean inStore(Path damaged) {
        return String.valueOf(damaged.getParent()).endsWith("passages");
    }

    private static Filter filter(int query) {
        return FILTERS.get(query % FILTERS.size());
    }

    private static Outcome worst(Set<Outcome> seen) {
        return seen.stream().reduce(Outcome.EQUAL, (a, b) -> a.compareTo(b) < 0 ? b : a);
    }
}
