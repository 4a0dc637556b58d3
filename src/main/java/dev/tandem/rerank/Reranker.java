package dev.tandem.rerank;

import dev.tandem.model.Deadline;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.RerankCall.Means;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Scores candidates in their order until the deadline and keeps what was scored. No run begins that
 * is predicted to end late; one that is late all the same is stopped, and the answer does not wait
 * for it. Calls side by side take turns, a run each.
 */
public final class Reranker implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Reranker.class);

    private final Means means;
    private final int concurrency;
    private final ExecutorService runs;
    private final DeadlineTimer timer;
    private final AtomicInteger active = new AtomicInteger();

    /**
     * @param cache of the cross-encoder's scores
     * @param timer stays the caller's to close, as all of these
     * @param concurrency runs side by side
     */
    public Reranker(
            CrossEncoder crossEncoder, ScoreCache cache, DeadlineTimer timer, int concurrency) {
        this(crossEncoder, cache, timer, concurrency, Helpers.NONE);
    }

    /**
     * With what helps when time is short.
     *
     * @param helpers stay the caller's to close like the others
     */
    public Reranker(
            CrossEncoder crossEncoder,
            ScoreCache cache,
            DeadlineTimer timer,
            int concurrency,
            Helpers helpers) {
        means = new Means(crossEncoder, cache, new RunWatch(concurrency), helpers);
        this.timer = timer;
        this.concurrency = concurrency;
        runs =
                Executors.newFixedThreadPool(
                        concurrency, Thread.ofPlatform().daemon().name("rerank-", 0).factory());
    }

    /**
     * Never fails, and never ends later than some milliseconds after the deadline, whatever the
     * cross-encoder does. Who cancels it stops the work.
     */
    public Uni<Reranking> rerank(RerankTask task, Deadline deadline) {
        return Uni.createFrom().deferred(() -> begun(task, deadline));
    }

    /** What the cross-encoder runs on. */
    public String device() {
        return means.crossEncoder().device();
    }

    /** Waits for the runs that have begun. */
    @Override
    public void close() {
        runs.close();
    }

    private Uni<Reranking> begun(RerankTask task, Deadline deadline) {
        double share = (double) concurrency / (active.get() + 1);
        var call = new RerankCall(task, deadline, means, share);
        var prerank = new Prerank(call, task, deadline, means, share);
        call.recall();
        active.incrementAndGet();
        Uni<Boolean> work =
                means.helpers().cascade() == null
                        ? all(call)
                        : first(prerank).chain(() -> all(call));
        return Uni.combine()
                .any()
                .of(work, Uni.createFrom().completionStage(call::whole), timer.at(deadline))
                .onTermination()
                .invoke(new Once(() -> end(call)))
                .map(_ -> prerank.merged())
                .invoke(Reranker::tellOfFailures);
    }

    /** Ends when the large cross-encoder of a cascade is to begin. */
    private Uni<Boolean> first(Prerank prerank) {
        return Uni.createFrom()
                .item(prerank::begin)
                .runSubscriptionOn(runs)
                .chain(its -> its.map(this::untilDue).orElse(Uni.createFrom().item(true)))
                .invoke(prerank::end)
                .onFailure()
                .invoke(e -> LOG.errorf(e, "The small cross-encoder is passed over"))
                .onFailure()
                .recoverWithItem(false);
    }

    /** Ends when there is nothing left to do for it, or at its deadline. */
    private Uni<Boolean> untilDue(RerankCall call) {
        return Uni.combine()
                .any()
                .of(lanes(call), timer.at(call.deadline()))
                .onTermination()
                .invoke(call::stop);
    }

    /** Ends when there is nothing left to do here, and nothing to be expected from elsewhere. */
    private Uni<Boolean> all(RerankCall call) {
        return lanes(call)
                .onItem()
                .transformToUni(_ -> Uni.createFrom().completionStage(call::remoteDone));
    }

    private void end(RerankCall call) {
        active.decrementAndGet();
        call.stop();
    }

    /**
     * Ends when no lane finds work any more. A lane queues for a thread before each step, and the
     * queue is first come, first served: that shares the threads fairly between calls.
     */
    private Uni<Boolean> lanes(RerankCall call) {
        Uni<Boolean> step = Uni.createFrom().item(call::step).runSubscriptionOn(runs);
        Multi<Boolean> lane = Multi.createBy().repeating().uni(() -> step).whilst(goesOn -> goesOn);
        return Multi.createBy()
                .merging()
                .withConcurrency(concurrency)
                .streams(Collections.nCopies(concurrency, lane))
                .collect()
                .last()
                .onFailure()
                .invoke(e -> LOG.errorf(e, "Scoring ended early"))
                .onFailure()
                .recoverWithItem(false);
    }

    /** One line an answer: a model that fails fails on every pair. */
    private static void tellOfFailures(Reranking reranking) {
        List<Outcome> outcomes = reranking.outcomes();
        long failed = Reason.FAILED.in(outcomes);
        if (failed > 0) {
            LOG.warnf(
                    "The cross-encoder failed on %d of %d candidates; level DEBUG says how",
                    failed, outcomes.size());
        }
    }
}
