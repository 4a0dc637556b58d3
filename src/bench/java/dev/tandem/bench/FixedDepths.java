package dev.tandem.bench;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.evaluation.Measures;
import dev.tandem.index.Memory;
import dev.tandem.index.PassageStore;
import dev.tandem.model.Candidate;
import dev.tandem.model.Deadline;
import dev.tandem.onnx.ModelCard.Blend;
import dev.tandem.rerank.Convergence;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.PassageCut;
import dev.tandem.rerank.RerankTask;
import dev.tandem.rerank.Reranker;
import dev.tandem.rerank.ScoreCache;
import dev.tandem.retrieval.Models;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What reranking to a fixed depth would have taken and given: all candidates are scored in their
 * order, and the time at which the first so many were done is that depth's.
 */
final class FixedDepths implements AutoCloseable {

    private static final int[] DEPTHS = {
        1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130,
        140, 150, 160, 170, 180, 190, 200
    };
    private static final int TOP = 10;
    private static final Deadline NEVER = Deadline.after(Duration.ofDays(1));

    private final Models models;
    private final JVectorCandidateSearcher searcher;
    private final PassageStore store;
    private final DeadlineTimer timer = DeadlineTimer.start();
    private final Reranker reranker;
    private final int candidates;
    private final Map<Integer, List<Double>> millis = new TreeMap<>();
    private final Map<Integer, List<Double>> ndcg = new TreeMap<>();

    FixedDepths(ServedIndex served, int candidates) {
        this.candidates = candidates;
        models = served.models();
        var generation = served.leased().generation();
        var manifest = generation.manifest();
        searcher =
                JVectorCandidateSearcher.open(
                        generation.folder(), manifest.passages(), manifest.dimension(), 2, Memory.LOW);
        store = PassageStore.open(generation);
        var cross = models.crossEncoder();
        reranker = new Reranker(cross, ScoreCache.NONE, timer, cross.concurrency());
    }

    /** Writes down when each candidate was done. */
    private static final class Trace implements Convergence {
        private final long start = System.nanoTime();
        private final long[] done;
        private final float[] logits;

        Trace(int count) {
            done = new long[count];
            logits = new float[count];
        }

        @Override
        public void scored(int index, float logit) {
            done[index] = System.nanoTime() - start;
            logits[index] = logit;
        }

        @Override
        public boolean settled(int next) {
            return false;
        }
    }

    void trace(Judged judged) {
        var trace = new Trace(candidates);
        float[] vector = models.biEncoder().encodeQuery(judged.text());
        List<Candidate> found = searcher.search(vector, candidates, null, WalkLimits.NONE).list();
        var task =
                new RerankTask(
                        models.pairTokenizer().ids(judged.text()),
                        found.size(),
                        index -> store.tokenIds(found.get(index).ordinal()),
                        PassageCut.HEAD,
                        trace);
        reranker.rerank(task, NEVER).await().indefinitely();
        long ranked = System.nanoTime();
        List<String> ids = found.stream().map(c -> store.passage(c.ordinal()).id()).toList();
        // An answer reads ten texts, not all.
        long texts = (System.nanoTime() - ranked) * TOP / Math.max(1, found.size());
        long done = 0;
        for (int i = 0; i < found.size(); i++) {
            done = Math.max(done, trace.done[i]);
            int depth = i + 1;
            if (IntStream.of(DEPTHS).anyMatch(d -> d == depth)) {
                List<String> order = order(found, trace.logits, depth).map(ids::get).toList();
                add(depth, (done + texts) / 1e6, Measures.ndcg(order, judged.grades(), TOP));
            }
        }
    }

    private synchronized void add(int depth, double itsMillis, double itsNdcg) {
        millis.computeIfAbsent(depth, _ -> new ArrayList<>()).add(itsMillis);
        ndcg.computeIfAbsent(depth, _ -> new ArrayList<>()).add(itsNdcg);
    }

    /** The first ones by the card's blend, then the rest as it is. */
    private Stream<Integer> order(List<Candidate> found, float[] logits, int depth) {
        Blend blend = Objects.requireNonNull(models.crossEncoder().card().blend());
        Comparator<Integer> byStrength =
                Comparator.comparingDouble(
                        i ->
                                -blend.logit() * logits[i]
                                        - blend.similarity() * found.get(i).similarity());
        return Stream.concat(
                IntStream.range(0, depth).boxed().sorted(byStrength),
                IntStream.range(depth, found.size()).boxed());
    }

    /** The largest depth whose p99 is no worse, and what a depth is of it. */
    String best(double p99, double depth) {
        int best = 0;
        for (var its : millis.entrySet()) {
            best = Measures.percentile(its.getValue(), 99) <= p99 ? its.getKey() : best;
        }
        if (best == 0) {
            return "no fixed depth has that p99";
        }
        return "best fixed depth of that p99: %d, ratio %.2f".formatted(best, depth / best);
    }

    String table() {
        var table = new StringBuilder("fixed depth, p50, p99 ms, nDCG@10\n");
        millis.forEach(
                (depth, its) ->
                        table.append(
                                "%6d %8.1f %8.1f %8.4f%n"
                                        .formatted(
                                                depth,
                                                Measures.percentile(its, 50),
                                                Measures.percentile(its, 99),
                                                BudgetCurve.mean(ndcg.getOrDefault(depth, List.of())))));
        return table.toString();
    }

    List<String> csv() {
        List<String> rows = new ArrayList<>();
        millis.forEach(
                (depth, its) ->
                        rows.add(
                                "fixed,%d,%.3f,%.3f,%.4f"
                                        .formatted(
                                                depth,
                                                Measures.percentile(its, 50),
                                                Measures.percentile(its, 99),
                                                BudgetCurve.mean(ndcg.getOrDefault(depth, List.of())))));
        return rows;
    }

    @Override
    public void close() {
        reranker.close();
        timer.close();
        searcher.close();
        store.close();
    }
}
