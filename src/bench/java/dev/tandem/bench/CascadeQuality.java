package dev.tandem.bench;

import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.evaluation.Measures;
import dev.tandem.evaluation.PairedBootstrap;
import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Query;
import dev.tandem.model.SearchResult;
import dev.tandem.rerank.OpenCascade;
import dev.tandem.rerank.OpenCrossEncoder;
import dev.tandem.rerank.ScoreCache;
import dev.tandem.retrieval.Models;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * nDCG@10 against the budget: a large cross-encoder alone, a small one alone, and cascades of both
 * with some shares of the time for the small one. Each query is asked of each under each budget, in
 * random order, one at a time. Differences to the large one alone are by the same queries, with the
 * middle 95 % of a bootstrap over them.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=CascadeQuality -Dbench.jvm=-Xmx2g \
 *     -Dbench.args="INDEX DATA/COLLECTION QUERIES CANDIDATES BUDGETS MODELS LARGE SMALL SHARE..."</pre>
 *
 * <p>BUDGETS are milliseconds with commas between, MODELS is a folder that holds LARGE, SMALL and the
 * bi-encoder.
 */
public final class CascadeQuality implements AutoCloseable {

    private static final int WARM_UP = 30;
    private static final int TOP = 10;

    private final Map<String, ServedIndex> contenders = new LinkedHashMap<>();
    private final int candidates;
    private final int[] budgets;
    private final List<Row> rows = new ArrayList<>();

    /** What one contender made of one query under one budget. */
    private record Row(
            String contender, int budget, int query, double ndcg, double millis, SearchResult result) {}

    private CascadeQuality(int candidates, int... budgets) {
        this.candidates = candidates;
        this.budgets = budgets;
    }

    public static void main(String[] args) {
        List<Judged> queries = ServedIndex.queries(args[1], args[2]);
        int[] budgets = Stream.of(args[4].split(",")).mapToInt(Integer::parseInt).toArray();
        try (var models = open(Path.of(args[5]), args[6], args[7]);
                var quality = new CascadeQuality(Integer.parseInt(args[3]), budgets)) {
            quality.contend(args[0], models, Arrays.asList(args).subList(8, args.length));
            queries.stream().limit(WARM_UP).forEach(query -> quality.ask(-1, query));
            quality.rows.clear();
            for (int i = 0; i < queries.size(); i++) {
                quality.ask(i, queries.get(i));
            }
            quality.report(queries.size());
        }
    }

    private static Models open(Path folder, String large, String small) {
        return Models.open(
                new ModelsAt(folder, RealModels.BI_ENCODER, large),
                Settings.RERANK,
                new Settings.Cascade(Optional.of(small), 0.5));
    }

    /** All share the sessions, and with them what is known of the host's pace. */
    private void contend(String index, Models models, List<String> shares) {
        OpenCascade cascade = Optional.ofNullable(models.cascade()).orElseThrow();
        var bi = models.biEncoder();
        add(models.crossEncoderName(), index, new Models(bi, models.opened(), null, null));
        var small = OpenCrossEncoder.of(cascade.small());
        add(cascade.small().card().name(), index, new Models(bi, small, null, null));
        for (String share : shares) {
            var its = new OpenCascade(cascade.small(), Double.parseDouble(share));
            add("cascade " + share, index, new Models(bi, models.opened(), its, null));
        }
        System.out.printf(
                "a pair of 120 tokens: %s %.2f ms, %s %.2f ms%n",
                models.crossEncoderName(),
                models.crossEncoder().cost().predict(1, 120) / 1e6,
                cascade.small().card().name(),
                cascade.small().cost().predict(1, 120) / 1e6);
    }

    private void add(String name, String index, Models models) {
        contenders.put(name, new ServedIndex(index, ScoreCache.NONE, models, false));
    }

    private void ask(int number, Judged judged) {
        List<Runnable> tasks = new ArrayList<>();
        contenders.forEach(
                (name, served) -> {
                    for (int budget : budgets) {
                        tasks.add(() -> rows.add(row(name, served, budget, number, judged)));
                    }
                });
        Collections.shuffle(tasks, new Random(number));
        tasks.forEach(Runnable::run);
    }

    private Row row(String name, ServedIndex served, int budget, int number, Judged judged) {
        var query = new Query(judged.text(), candidates, TOP);
        long start = System.nanoTime();
        SearchResult result = served.search(query, Duration.ofMillis(budget));
        double millis = (System.nanoTime() - start) / 1e6;
        List<String> ids = result.passages().stream().map(hit -> hit.passage().id()).toList();
        double ndcg = Measures.ndcg(ids, judged.grades(), TOP);
        return new Row(name, budget, number, ndcg, millis, result);
    }

    private void report(int queries) {
        String first = contenders.keySet().iterator().next();
        System.out.printf(
                "%6s  %-18s %8s %9s %18s %7s %9s %7s%n",
                "budget", "", "nDCG@10", "gain", "95 %", "scored", "preranked", "p99 ms");
        for (int budget : budgets) {
            double[] alone = ndcg(first, budget, queries);
            for (String name : contenders.keySet()) {
                report(name, budget, alone, ndcg(name, budget, queries));
            }
        }
    }

    private void report(String name, int budget, double[] alone, double[] ndcg) {
        double[] gains = new double[ndcg.length];
        Arrays.setAll(gains, i -> ndcg[i] - alone[i]);
        PairedBootstrap.Interval middle = PairedBootstrap.of(gains);
        System.out.printf(
                "%6d  %-18s %8.4f %+9.4f %+8.4f..%+8.4f %7.1f %9.1f %7.1f%n",
                budget,
                name,
                Arrays.stream(ndcg).average().orElse(0),
                Arrays.stream(gains).average().orElse(0),
                middle.low(),
                middle.high(),
                mean(name, budget, row -> row.result().coverage().scored()),
                mean(name, budget, row -> row.result().coverage().preranked()),
                Measures.percentile(its(name, budget).map(Row::millis).toList(), 99));
    }

    private Stream<Row> its(String name, int budget) {
        return rows.stream().filter(row -> row.contender().equals(name) && row.budget() == budget);
    }

    private double mean(String name, int budget, ToDoubleFunction<Row> value) {
        return its(name, budget).mapToDouble(value).average().orElse(0);
    }

    private double[] ndcg(String name, int budget, int queries) {
        double[] ndcg = new double[queries];
        its(name, budget).forEach(row -> ndcg[row.query()] = row.ndcg());
        return ndcg;
    }

    @Override
    public void close() {
        contenders.values().forEach(ServedIndex::close);
    }
}
