package dev.tandem.bench;

import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.evaluation.Measures;
import dev.tandem.model.Query;
import dev.tandem.rerank.ScoreCache;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How the cost model follows a host that becomes half as fast: queries under a budget while the
 * host is calm, while one process spins on each core, and after that.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=BusyNeighbour \
 *     -Dbench.args="INDEX DATA/COLLECTION QUERIES_A_PHASE CANDIDATES BUDGET_MS"</pre>
 */
public final class BusyNeighbour {

    private static final int FIRST = 10;

    /** One answer. */
    private record Row(double millis, int scored, double predicted, double measured) {
        double error() {
            return measured == 0 ? 0 : Math.abs(predicted / measured - 1);
        }
    }

    private BusyNeighbour() {}

    public static void main(String[] args) throws Exception {
        int each = Integer.parseInt(args[2]);
        List<Judged> queries = ServedIndex.queries(args[1], String.valueOf(4 * each));
        int candidates = Integer.parseInt(args[3]);
        var budget = Duration.ofMillis(Long.parseLong(args[4]));
        try (var served = new ServedIndex(args[0], ScoreCache.NONE)) {
            phase(served, "warm-up", queries.subList(0, each), candidates, budget);
            phase(served, "calm", queries.subList(each, 2 * each), candidates, budget);
            List<Process> neighbours = neighbours();
            phase(served, "busy", queries.subList(2 * each, 3 * each), candidates, budget);
            neighbours.forEach(Process::destroyForcibly);
            phase(served, "calm again", queries.subList(3 * each, 4 * each), candidates, budget);
        }
    }

    private static List<Process> neighbours() throws IOException {
        List<Process> spinning = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            spinning.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
        }
        return spinning;
    }

    private static void phase(
            ServedIndex served, String name, List<Judged> queries, int candidates, Duration budget) {
        List<Row> rows = new ArrayList<>();
        for (Judged query : queries) {
            long start = System.nanoTime();
            var result = served.search(new Query(query.text(), candidates, FIRST), budget);
            double millis = (System.nanoTime() - start) / 1e6;
            var work = result.work();
            rows.add(
                    new Row(
                            millis,
                            result.coverage().scored(),
                            work.predicted().toNanos() / 1e6,
                            work.measured().toNanos() / 1e6));
        }
        System.out.println(name);
        print("first " + FIRST, rows.subList(0, FIRST));
        print("the rest", rows.subList(FIRST, rows.size()));
        System.out.print("  first answers, ms (scored):");
        rows.subList(0, FIRST)
                .forEach(row -> System.out.printf(" %.0f (%d)", row.millis(), row.scored()));
        System.out.println();
    }

    private static void print(String name, List<Row> rows) {
        List<Double> millis = rows.stream().map(Row::millis).toList();
        int runs = rows.stream().mapToInt(Row::scored).sum();
        System.out.printf(
                "  %-9s p50 %.1f  p99 %.1f  worst %.1f ms, %.1f scored, %.1f ms a run, prediction off by %.1f %% (median)%n",
                name,
                Measures.percentile(millis, 50),
                Measures.percentile(millis, 99),
                Measures.percentile(millis, 100),
                (double) runs / rows.size(),
                rows.stream().mapToDouble(Row::measured).sum() / Math.max(1, runs),
                100 * Measures.percentile(rows.stream().map(Row::error).toList(), 50));
    }
}
