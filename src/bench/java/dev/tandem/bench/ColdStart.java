package dev.tandem.bench;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.Memory;
import dev.tandem.model.Candidates;
import dev.tandem.model.Deadline;
import dev.tandem.model.Temperature;
import io.github.jbellis.jvector.disk.MemorySegmentReader;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a first query costs on storage that answers each read late, and whether walks keep their
 * time there: Tandem's reads against JVector's plain mapping of the same files, in turn, with
 * nothing cached at the start of each round.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=ColdStart \
 *     -Dbench.args="VECTORS INDEX MOUNT_POINT LATENCY_MS ROUNDS"</pre>
 *
 * <p>Mounts the index by src/bench/sh/slowfs.sh, which needs root. Figures are medians.
 */
public final class ColdStart {

    private static final int COUNT = 100;
    private static final int KEPT = 200;
    private static final int FOLLOWING = 4;
    private static final int BUDGET_QUERIES = 20;

    private final VectorFiles files;
    private final Path index;
    private final Path mount;
    private final String latency;
    private final Map<String, List<Double>> figures = new TreeMap<>();
    private int nextQuery;

    /** Requests and bytes at the last look. */
    private long[] seen = new long[2];

    private ColdStart(VectorFiles files, Path index, Path mount, String latency) {
        this.files = files;
        this.index = index;
        this.mount = mount;
        this.latency = latency;
    }

    public static void main(String[] args) throws Exception {
        try (var files = VectorFiles.open(Path.of(args[0]))) {
            var bench = new ColdStart(files, Path.of(args[1]), Path.of(args[2]), args[3]);
            bench.warmUp();
            slowfs("mount", args[1], args[2], args[3]);
            try {
                for (int round = 0; round < Integer.parseInt(args[4]); round++) {
                    bench.mapped();
                    bench.tandem();
                    for (int budget : new int[] {15, 30, 60, 120}) {
                        bench.budget(Duration.ofMillis(budget));
                    }
                }
            } finally {
                slowfs("unmount", args[2]);
            }
            bench.report();
        }
    }

    /** Has both ways compiled before anything counts. */
    private void warmUp() throws IOException {
        Generation fast = new IndexFolder(index).current();
        try (var searcher = open(fast)) {
            for (int i = 0; i < 2_000; i++) {
                searcher.search(query(i), COUNT, KEPT, null, WalkLimits.NONE);
            }
        }
        try (var mapped = new MemorySegmentReader.Supplier(IndexLayout.graph(fast.folder()));
                var graph = OnDiskGraphIndex.load(mapped);
                var searcher = new GraphSearcher(graph)) {
            for (int i = 0; i < 2_000; i++) {
                plain(searcher, query(i));
            }
        }
    }

    private void mapped() throws Exception {
        goCold();
        Generation slow = new IndexFolder(mount).current();
        Watch watch = new Watch();
        try (var mapped = new MemorySegmentReader.Supplier(IndexLayout.graph(slow.folder()));
                var graph = OnDiskGraphIndex.load(mapped);
                var searcher = new GraphSearcher(graph)) {
            watch.note("mapped open");
            int first = nextQuery++;
            int[] found = plain(searcher, query(first));
            watch.note("mapped first query");
            note("mapped first recall", files.found(first % files.queries().length, found, COUNT));
            for (int i = 0; i < FOLLOWING; i++) {
                plain(searcher, query(nextQuery++));
                watch.note("mapped next query");
            }
        }
    }

    private void tandem() throws Exception {
        goCold();
        Generation slow = new IndexFolder(mount).current();
        Watch watch = new Watch();
        try (var searcher = open(slow)) {
            watch.note("tandem open");
            searcher.awaitFetched();
            watch.note("tandem fetch, while models load");
            int first = nextQuery++;
            Candidates found = search(searcher, first, WalkLimits.NONE);
            watch.note("tandem first query");
            note("tandem first recall", recall(first, found));
            note("tandem first expanded", found.walk().expanded());
            for (int i = 0; i < FOLLOWING; i++) {
                search(searcher, nextQuery++, WalkLimits.NONE);
                watch.note("tandem next query");
            }
        }
    }

    private void budget(Duration budget) throws Exception {
        String name = "budget %3d ms".formatted(budget.toMillis());
        goCold();
        try (var searcher = open(new IndexFolder(mount).current())) {
            searcher.awaitFetched();
            for (int i = 0; i < BUDGET_QUERIES; i++) {
                int query = nextQuery++;
                long start = System.nanoTime();
                var limits = new WalkLimits(Deadline.after(budget), Integer.MAX_VALUE);
                Candidates found = search(searcher, query, limits);
                note(name + " ms", (System.nanoTime() - start) / 1e6);
                note(name + " found", found.list().size());
                note(name + " recall", recall(query, found));
                note(name + " expanded", found.walk().expanded());
                note(name + " cold", found.walk().temperature() == Temperature.COLD ? 1 : 0);
            }
        }
    }

    /** Time and reads since the last note. */
    private final class Watch {

        private long start = System.nanoTime();

        Watch() throws Exception {
            reads();
        }

        void note(String what) throws Exception {
            ColdStart.this.note(what + " ms", (System.nanoTime() - start) / 1e6);
            long[] reads = reads();
            ColdStart.this.note(what + " reads", (double) reads[0]);
            ColdStart.this.note(what + " MB", reads[1] / 1e6);
            start = System.nanoTime();
        }
    }

    /** Requests and bytes since the last call. */
    private long[] reads() throws IOException {
        String[] words =
                Files.readString(mount.resolve(".slowfs-stats")).trim().split("\\s+", -1);
        long[] now = {Long.parseLong(words[1]), Long.parseLong(words[3])};
        long[] since = {now[0] - seen[0], now[1] - seen[1]};
        seen = now;
        return since;
    }

    private void goCold() throws Exception {
        slowfs("cold", index.toString(), mount.toString(), latency);
        seen = new long[2];
    }

    private static void slowfs(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of("src/bench/sh/slowfs.sh"));
        command.addAll(List.of(args));
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException(command + " ended with " + exit);
        }
    }

    private static JVectorCandidateSearcher open(Generation generation) {
        var manifest = generation.manifest();
        return JVectorCandidateSearcher.open(
                generation.folder(), manifest.passages(), manifest.dimension(), 1, Memory.LOW);
    }

    private Candidates search(
            JVectorCandidateSearcher searcher, int query, WalkLimits limits) {
        return searcher.search(query(query), COUNT, KEPT, null, limits);
    }

    private static int[] plain(GraphSearcher searcher, float[] query) {
        var vector =
                VectorizationProvider.getInstance()
                        .getVectorTypeSupport()
                        .createFloatVector(query);
        var view = (OnDiskGraphIndex.View) searcher.getView();
        var similarity = VectorSimilarityFunction.DOT_PRODUCT;
        var scores =
                new DefaultSearchScoreProvider(
                        view.approximateScoreFunctionFor(vector, similarity),
                        view.rerankerFor(vector, similarity));
        var result = searcher.search(scores, COUNT, KEPT, 0f, 0f, Bits.ALL);
        return Arrays.stream(result.getNodes()).mapToInt(node -> node.node).toArray();
    }

    private float[] query(int number) {
        return files.queries()[number % files.queries().length];
    }

    private double recall(int query, Candidates found) {
        int[] ordinals = found.list().stream().mapToInt(c -> c.ordinal()).toArray();
        return files.found(query % files.queries().length, ordinals, COUNT);
    }

    private void note(String what, double figure) {
        figures.computeIfAbsent(what, _ -> new ArrayList<>()).add(figure);
    }

    private void report() {
        System.out.printf("%-42s %6s %9s %9s %9s %9s%n", "", "n", "min", "median", "p99", "max");
        figures.forEach(
                (what, all) -> {
                    all.sort(Comparator.naturalOrder());
                    int n = all.size();
                    System.out.printf(
                            "%-42s %6d %9.2f %9.2f %9.2f %9.2f%n",
                            what,
                            n,
                            all.getFirst(),
                            all.get(n / 2),
                            all.get((int) Math.ceil(n * 0.99) - 1),
                            all.getLast());
                });
    }
}
