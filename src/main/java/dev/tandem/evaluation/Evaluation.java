package dev.tandem.evaluation;

import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.model.Budget;
import dev.tandem.model.Query;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.SearchResult;
import dev.tandem.retrieval.TwoStageRetriever;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;

/** Runs judged queries through both stages, one at a time, and measures the two orders. */
final class Evaluation {

    private static final int DEPTH = 10;

    private final TwoStageRetriever retriever;
    private final int candidateCount;
    private final Duration budget;
    private final RerankOptions options;

    /**
     * @param budget of each query; {@link #NO_BUDGET} to score every candidate
     */
    Evaluation(
            TwoStageRetriever retriever,
            int candidateCount,
            Duration budget,
            RerankOptions options) {
        this.retriever = retriever;
        this.candidateCount = candidateCount;
        this.budget = budget;
        this.options = options;
    }

    /** So long that what is measured is the time until the answer was whole. */
    static final Duration GRACE = Duration.ofMinutes(1);

    /** Longer than any evaluation. */
    static final Duration NO_BUDGET = Duration.ofDays(365);

    /** What is printed. */
    record Report(
            int queries,
            int candidateCount,
            StageOne stage1,
            TwoStage twoStage,
            Latency latencyMs) {}

    /** Stage 1 alone; recall at candidateCount. */
    record StageOne(double ndcg10, double mrr10, double recall) {}

    /** Both stages; candidates that the cross-encoder scored, the mean. */
    record TwoStage(double ndcg10, double mrr10, double scored) {}

    /** Milliseconds from query to answer. */
    record Latency(double mean, double p50, double p95, double p99) {}

    private record Row(StageOne stage1, TwoStage twoStage, double millis) {}

    Report run(List<Judged> judged, IntConsumer done) {
        List<Row> rows = new ArrayList<>();
        for (Judged query : judged) {
            rows.add(measure(query));
            done.accept(rows.size());
        }
        List<Double> millis = rows.stream().map(Row::millis).toList();
        return new Report(
                rows.size(),
                candidateCount,
                new StageOne(
                        mean(rows, r -> r.stage1().ndcg10()),
                        mean(rows, r -> r.stage1().mrr10()),
                        mean(rows, r -> r.stage1().recall())),
                new TwoStage(
                        mean(rows, r -> r.twoStage().ndcg10()),
                        mean(rows, r -> r.twoStage().mrr10()),
                        mean(rows, r -> r.twoStage().scored())),
                new Latency(
                        mean(rows, Row::millis),
                        Measures.percentile(millis, 50),
                        Measures.percentile(millis, 95),
                        Measures.percentile(millis, 99)));
    }

    private Row measure(Judged judged) {
        var query = new Query(judged.text(), candidateCount, DEPTH, null, options);
        SearchResult result = answer(query);
        // Apart from the answer, whose time is that of a caller: it reads no more than ten texts.
        List<String> stage1 = retriever.candidateIds(query);
        List<String> twoStage = result.passages().stream().map(hit -> hit.passage().id()).toList();
        var grades = judged.grades();
        return new Row(
                new StageOne(
                        Measures.ndcg(stage1, grades, DEPTH),
                        Measures.reciprocalRank(stage1, grades, DEPTH),
                        Measures.recall(stage1, grades, candidateCount)),
                new TwoStage(
                        Measures.ndcg(twoStage, grades, DEPTH),
                        Measures.reciprocalRank(twoStage, grades, DEPTH),
                        result.coverage().scored()),
                result.timings().total().toNanos() / 1e6);
    }

    /** Waits: this is an offline command, one query at a time is what it measures. */
    private SearchResult answer(Query query) {
        return retriever.search(query, Budget.of(budget, GRACE)).await().indefinitely();
    }

    private static double mean(List<Row> rows, ToDoubleFunction<Row> value) {
        return rows.stream().mapToDouble(value).average().orElse(0);
    }
}
