package dev.tandem.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compares searchers at the same recall, in one process and in turn on each query.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=SideBySide \
 *     -Dbench.args="VECTORS lucene=INDEX lucene-rescored=INDEX jvector=GRAPH@100,150,200"</pre>
 *
 * <p>For each recall to reach it looks for the smallest effort of each searcher, out of those after
 * the @ or the usual ones, and then times all searchers at these efforts: two passes over all
 * queries to warm up, three that count. Heap is what a searcher keeps after a collection; what a
 * query allocates is beside its times. Mapped files are not in it.
 */
public final class SideBySide {

    private static final int K = 100;
    private static final double[] RECALLS = {0.95, 0.98, 0.99};
    private static final int[] USUAL_EFFORTS = {
        100, 110, 120, 135, 150, 175, 200, 225, 250, 275, 300, 350, 400, 450, 500, 600, 700, 800,
        1_000, 1_200, 1_500, 2_000, 2_500, 3_000, 4_000
    };

    private final VectorFiles files;
    private final List<Searcher> searchers = new ArrayList<>();
    private final List<EffortSearch> efforts = new ArrayList<>();

    private SideBySide(VectorFiles files) {
        this.files = files;
    }

    public static void main(String[] args) throws Exception {
        try (var files = VectorFiles.open(Path.of(args[0]))) {
            var comparison = new SideBySide(files);
            try {
                for (String argument : Arrays.asList(args).subList(1, args.length)) {
                    comparison.add(argument);
                }
                comparison.run();
            } finally {
                comparison.searchers.forEach(Searcher::close);
            }
        }
    }

    /**
     * @param argument KIND=PATH or KIND=PATH@EFFORT,EFFORT
     */
    private void add(String argument) throws IOException {
        String[] kindAndRest = argument.split("=", 2);
        String[] pathAndEfforts = kindAndRest[1].split("@", 2);
        long before = usedHeap();
        var searcher = Searchers.open(kindAndRest[0], Path.of(pathAndEfforts[0]), files);
        searchers.add(searcher);
        var search = new EffortSearch(searcher, files, efforts(pathAndEfforts), K);
        efforts.add(search);
        double best = search.best();
        System.out.printf(
                "%-36s heap %.1f MB, recall@%d at most %.4f%n",
                searcher.name(), (usedHeap() - before) / 1e6, K, best);
    }

    private void run() {
        for (double recall : RECALLS) {
            System.out.printf("%nrecall@%d of %.2f%n", K, recall);
            List<Contender> contenders = contenders(recall);
            if (!contenders.isEmpty()) {
                RoundRobin.run(contenders, files);
                contenders.forEach(contender -> System.out.println(contender.report()));
            }
        }
        System.out.printf("%nheap of the process %.1f MB%n", usedHeap() / 1e6);
    }

    private List<Contender> contenders(double recall) {
        List<Contender> contenders = new ArrayList<>();
        for (int i = 0; i < searchers.size(); i++) {
            var effort = efforts.get(i).smallest(recall);
            if (effort.isPresent()) {
                contenders.add(new Contender(searchers.get(i), effort.getAsInt(), K));
            } else {
                System.out.printf("%-36s does not reach it%n", searchers.get(i).name());
            }
        }
        return contenders;
    }

    private static int[] efforts(String[] pathAndEfforts) {
        return pathAndEfforts.length == 1
                ? USUAL_EFFORTS
                : Stream.of(pathAndEfforts[1].split(","))
                        .mapToInt(Integer::parseInt)
                        .sorted()
                        .toArray();
    }

    /** Bytes in use after a collection. */
    private static long usedHeap() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
