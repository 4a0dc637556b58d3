package dev.tandem.bench;

import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.evaluation.Measures;
import dev.tandem.index.PassageStore;
import dev.tandem.model.Budget;
import dev.tandem.model.LongPassages;
import dev.tandem.model.Query;
import dev.tandem.model.RankedText;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.TextQuery;
import dev.tandem.model.TextRanking;
import dev.tandem.model.TextReading;
import dev.tandem.rerank.ScoreCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Answers that stand late in a long passage. For each query the passages that stage 1 finds are
 * made long: before each stand other paragraphs of the collection, of other articles, until there
 * are 600 tokens, and behind it one more. Then they are reranked under each policy for long
 * passages; queries whose passage stage 1 does not find are left out.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=LongAnswers \
 *     -Dbench.args="INDEX DATA/squad-dev QUERIES CANDIDATES"</pre>
 */
public final class LongAnswers {

    private static final int BEFORE = 600;
    private static final Duration AMPLE = Duration.ofMinutes(5);

    private final ServedIndex served;
    private final PassageStore store;
    private final int passages;
    private final Map<Integer, String> made = new HashMap<>();
    private final Map<LongPassages, List<Row>> rows = new HashMap<>();

    /** Place of the answer, from 1, and the runs and time that it took. */
    private record Row(int place, double pairs, double millis) {}

    private LongAnswers(ServedIndex served, PassageStore store) {
        this.served = served;
        this.store = store;
        passages = served.engine().passages();
    }

    public static void main(String[] args) {
        try (var served = new ServedIndex(args[0], ScoreCache.NONE);
                var store = PassageStore.open(served.leased().generation())) {
            var bench = new LongAnswers(served, store);
            for (Judged query : ServedIndex.queries(args[1], args[2])) {
                bench.run(query, Integer.parseInt(args[3]));
            }
            bench.report();
        }
    }

    private void run(Judged judged, int candidates) {
        List<String> ids =
                served.engine()
                        .retriever()
                        .candidateIds(new Query(judged.text(), candidates, 10));
        int answer =
                IntStream.range(0, ids.size())
                        .filter(i -> judged.grades().getOrDefault(ids.get(i), 0) > 0)
                        .findFirst()
                        .orElse(-1);
        if (answer < 0) {
            return;
        }
        List<String> texts = ids.stream().map(this::madeLong).toList();
        for (LongPassages policy : LongPassages.values()) {
            var options = new RerankOptions(policy, null, 0, null);
            var query = new TextQuery(judged.text(), texts, texts.size(), options, TextReading.DEFAULT);
            TextRanking ranking =
                    served.engine()
                            .texts()
                            .rerank(query, Budget.of(AMPLE, AMPLE))
                            .await()
                            .atMost(AMPLE);
            List<Integer> order = ranking.texts().stream().map(RankedText::index).toList();
            rows.computeIfAbsent(policy, _ -> new ArrayList<>())
                    .add(
                            new Row(
                                    order.indexOf(answer) + 1,
                                    ranking.work().pairs(),
                                    ranking.total().toNanos() / 1e6));
        }
    }

    private String madeLong(String id) {
        int ordinal = store.ordinal(id).orElseThrow();
        return made.computeIfAbsent(
                ordinal,
                _ -> {
                    var random = new Random(ordinal);
                    var text = new StringBuilder();
                    int tokens = 0;
                    while (tokens < BEFORE) {
                        int other = filler(random, id);
                        tokens += store.tokenIds(other).length;
                        text.append(store.passage(other).text()).append('\n');
                    }
                    text.append(store.passage(ordinal).text()).append('\n');
                    return text.append(store.passage(filler(random, id)).text()).toString();
                });
    }

    /** A paragraph of another article. */
    private int filler(Random random, String id) {
        int ordinal = random.nextInt(passages);
        while (article(store.passage(ordinal).id()).equals(article(id))) {
            ordinal = random.nextInt(passages);
        }
        return ordinal;
    }

    private static String article(String id) {
        return id.substring(0, id.indexOf('#'));
    }

    private void report() {
        System.out.println("policy        queries  hit@1  hit@5  MRR@10  pairs/query  ms/query");
        for (LongPassages policy : LongPassages.values()) {
            List<Row> its = rows.getOrDefault(policy, List.of());
            System.out.printf(
                    "%-12s %8d %6.3f %6.3f %7.3f %12.1f %9.0f%n",
                    policy,
                    its.size(),
                    hit(its, 1),
                    hit(its, 5),
                    its.stream()
                            .mapToDouble(row -> row.place() > 10 ? 0 : 1.0 / row.place())
                            .average()
                            .orElse(0),
                    its.stream().mapToDouble(Row::pairs).average().orElse(0),
                    Measures.percentile(its.stream().map(Row::millis).toList(), 50));
        }
    }

    private static double hit(List<Row> rows, int depth) {
        return rows.stream().filter(row -> row.place() <= depth).count() / (double) rows.size();
    }
}
