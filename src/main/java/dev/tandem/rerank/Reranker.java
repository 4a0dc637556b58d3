package dev.tandem.rerank;

import static dev.tandem.rerank.Outcome.Reason.FAILED;

import dev.tandem.model.Candidate;
import dev.tandem.model.Deadline;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/**
 * Scores candidates in stage-1 order until the deadline: one pair a run, one run a core. No run
 * starts after the deadline, so a late answer is late by one run at most. What was scored is kept.
 */
public final class Reranker implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Reranker.class);

    private final CrossEncoder crossEncoder;
    private final TextTokenizer tokenizer;
    private final int concurrency;
    private final ExecutorService runs;

    /**
     * @param concurrency runs side by side; the number of cores is as fast as anything on a CPU
     */
    public Reranker(CrossEncoder crossEncoder, TextTokenizer tokenizer, int concurrency) {
        this.crossEncoder = crossEncoder;
        this.tokenizer = tokenizer;
        this.concurrency = concurrency;
        runs =
                Executors.newFixedThreadPool(
                        concurrency, Thread.ofPlatform().daemon().name("rerank-", 0).factory());
    }

    /**
     * @param query token ids of the query, at most {@link TextTokenizer#maxQueryTokens()}
     * @param candidates in stage-1 order
     * @return one outcome a candidate, in the same order; never fails
     */
    public Uni<List<Outcome>> rerank(
            long[] query, List<Candidate> candidates, PassageTokens tokens, Deadline deadline) {
        return Multi.createFrom()
                .range(0, candidates.size())
                .onItem()
                .transformToUni(
                        index ->
                                Uni.createFrom()
                                        .item(
                                                () ->
                                                        score(
                                                                index,
                                                                query,
                                                                candidates.get(index),
                                                                tokens,
                                                                deadline))
                                        .runSubscriptionOn(runs))
                .merge(concurrency)
                .collect()
                .asList()
                .map(Reranker::inOrder)
                .invoke(Reranker::tellOfFailures);
    }

    /** What the cross-encoder runs on. */
    public String device() {
        return crossEncoder.device();
    }

    @Override
    public void close() {
        runs.close();
    }

    private static List<Outcome> inOrder(List<Outcome> outcomes) {
        return outcomes.stream().sorted(Comparator.comparingInt(Outcome::index)).toList();
    }

    /** One line an answer: a model that fails fails on every pair. */
    private static void tellOfFailures(List<Outcome> outcomes) {
        long failed =
                outcomes.stream()
                        .filter(o -> o instanceof Skipped(_, Outcome.Reason r) && r == FAILED)
                        .count();
        if (failed > 0) {
            LOG.warnf(
                    "The cross-encoder failed on %d of %d candidates; level DEBUG says how",
                    failed, outcomes.size());
        }
    }

    private Outcome score(
            int index, long[] query, Candidate candidate, PassageTokens tokens, Deadline deadline) {
        if (deadline.expired()) {
            return new Skipped(index, Outcome.Reason.LATE);
        }
        try {
            int[] passage = tokens.tokenIds(candidate.ordinal());
            float logit = crossEncoder.logit(tokenizer.pair(query, passage));
            return Float.isNaN(logit) ? new Skipped(index, FAILED) : new Scored(index, logit);
        } catch (RuntimeException e) {
            LOG.debugf(e, "Candidate %d of the query has no rerank score", index + 1);
            return new Skipped(index, FAILED);
        }
    }
}
