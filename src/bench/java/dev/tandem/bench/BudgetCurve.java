package dev.tandem.bench;

import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.evaluation.Measures;
import dev.tandem.model.Query;
import dev.tandem.model.SearchResult;
import dev.tandem.rerank.ScoreCache;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Latency, depth and ranking quality under budgets: each query under every budget, in random order,
 * some at a time. Every {@code TRACED}th query is also scored to the end, with the time at which each
 * candidate was done, which is what any fixed depth would have taken; among the others with one at a
 * time, else after them, as many at a time. Rows of all runs go to a file that {@link BudgetFigure}
 * draws.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=BudgetCurve \
 *     -Dbench.args="INDEX DATA/COLLECTION QUERIES CANDIDATES AT_A_TIME TRACED OUT.csv"</pre>
 */
public final class BudgetCurve {

    private static final int[] BUDGETS = {25, 50, 100, 200, 400, 800};
    private static final int WARM_UP = 60;
    private static final int TOP = 10;

    private final ServedIndex served;
    private final int candidates;
    private final ConcurrentLinkedQueue<Row> rows = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Double> stageOne = new ConcurrentLinkedQueue<>();

    /**
     * What one answer took and gave.
     *
     * @param traced whether fixed depths were measured for its query too
     */
    private record Row(
            int budget, double millis, SearchResult result, double ndcg, boolean traced) {

        /** How far the runs' times were from what was predicted, as a share; 0 without runs. */
        double error() {
            var work = result.work();
            return work.runs() == 0
                    ? 0
                    : Math.abs((double) work.predicted().toNanos() / work.measured().toNanos() - 1);
        }

        String csv() {
            var coverage = result.coverage();
            return "budget,%d,%.3f,%d,%d,%s,%.4f,%.4f,%b"
                    .formatted(
                            budget,
                            millis,
                            coverage.scored(),
                            coverage.cancelled(),
                            coverage.reason(),
                            ndcg,
                            error(),
                            traced);
        }
    }

    private BudgetCurve(ServedIndex served, int candidates) {
        this.served = served;
        this.candidates = candidates;
    }

    public static void main(String[] args) throws Exception {
        List<Judged> queries = ServedIndex.queries(args[1], args[2]);
        int candidates = Integer.parseInt(args[3]);
        try (var served = new ServedIndex(args[0], ScoreCache.NONE);
                var depths = new FixedDepths(served, candidates);
                var out = new PrintWriter(Files.newBufferedWriter(Path.of(args[6])))) {
            var curve = new BudgetCurve(served, candidates);
            queries.stream().limit(WARM_UP).forEach(query -> curve.run(query, 100, false));
            curve.rows.clear();
            curve.runAll(queries, depths, Integer.parseInt(args[4]), Integer.parseInt(args[5]));
            curve.report(depths);
            curve.rows.forEach(row -> out.println(row.csv()));
            depths.csv().forEach(out::println);
        }
    }

    private void runAll(List<Judged> queries, FixedDepths depths, int atATime, int traced) {
        var random = new Random(11);
        List<Runnable> tasks = new ArrayList<>();
        List<Runnable> traces = new ArrayList<>();
        for (int i = 0; i < queries.size(); i++) {
            Judged query = queries.get(i);
            boolean isTraced = i % traced == 0;
            List<Runnable> its = new ArrayList<>();
            for (int budget : BUDGETS) {
                its.add(() -> run(query, budget, isTraced));
            }
            if (isTraced) {
                // Side by side with calls of the other reranker they would not get a fair share.
                (atATime == 1 ? its : traces).add(() -> depths.trace(query));
            }
            its.add(() -> stageOne(query));
            Collections.shuffle(its, random);
            tasks.addAll(its);
        }
        runAll(tasks, atATime);
        runAll(traces, atATime);
    }

    private static void runAll(List<Runnable> tasks, int atATime) {
        try (ExecutorService threads = Executors.newFixedThreadPool(atATime)) {
            tasks.forEach(threads::execute);
        }
    }

    private void run(Judged judged, int budgetMillis, boolean traced) {
        var query = new Query(judged.text(), candidates, TOP);
        long start = System.nanoTime();
        SearchResult result = served.search(query, Duration.ofMillis(budgetMillis));
        double millis = (System.nanoTime() - start) / 1e6;
        List<String> ids = result.passages().stream().map(hit -> hit.passage().id()).toList();
        double ndcg = Measures.ndcg(ids, judged.grades(), TOP);
        rows.add(new Row(budgetMillis, millis, result, ndcg, traced));
    }

    private void stageOne(Judged judged) {
        var query = new Query(judged.text(), candidates, TOP);
        List<String> ids = served.engine().retriever().candidateIds(query);
        stageOne.add(Measures.ndcg(ids, judged.grades(), TOP));
    }

    private void report(FixedDepths depths) {
        System.out.printf("stage 1 alone: nDCG@10 %.4f%n", mean(List.copyOf(stageOne)));
        System.out.printf(
                "budget  answers   p50 ms   p99 ms   worst  depth  nDCG@10  prediction  cancelled%n");
        for (int budget : BUDGETS) {
            List<Row> its = rows.stream().filter(row -> row.budget() == budget).toList();
            List<Double> millis = its.stream().map(Row::millis).toList();
            double p99 = Measures.percentile(millis, 99);
            double depth = mean(its.stream().map(r -> (double) r.result().coverage().scored()).toList());
            System.out.printf(
                    "%6d %8d %8.1f %8.1f %7.1f %6.1f %8.4f %9.1f %% %9.2f   %s%n",
                    budget,
                    its.size(),
                    Measures.percentile(millis, 50),
                    p99,
                    Measures.percentile(millis, 100),
                    depth,
                    mean(its.stream().map(Row::ndcg).toList()),
                    100 * Measures.percentile(its.stream().map(Row::error).toList(), 50),
                    mean(its.stream().map(r -> (double) r.result().coverage().cancelled()).toList()),
                    depths.best(p99, depth));
        }
        System.out.println(depths.table());
    }

    static double mean(List<Double> values) {
        return values.stream().mapToDouble(x -> x).average().orElse(0);
    }
}
