package dev.tandem.rerank;

import dev.tandem.model.Deadline;
import dev.tandem.model.Span;
import dev.tandem.onnx.RunStoppedException;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.CandidateInputs.Part;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Skipped;
import dev.tandem.rerank.RunWatch.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One task on its way through stage 2. Some lanes work on it side by side: each takes the next
 * candidates in order, reads them, and runs them if that is predicted to end in time. The first one
 * that is too long for the rest of the time ends the call, although a shorter one might fit: what
 * is scored goes before what is not, and a candidate is not to pass one before it unread.
 */
final class RerankCall {

    private static final Logger LOG = Logger.getLogger(RerankCall.class);

    /** Candidates whose lengths stand for all in the plan. */
    private static final int SAMPLE = 8;

    private final RerankTask task;
    private final Deadline deadline;
    private final Means means;
    private final CrossEncoder crossEncoder;
    private final PairBatcher batcher;
    private final StopSignal stop = new StopSignal();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger(Integer.MAX_VALUE);
    private final AtomicReferenceArray<@Nullable Outcome> outcomes;
    private final AtomicReferenceArray<@Nullable Run> begun;
    private final ScoreCache.Scores scores;
    private final double lanes;
    private int recalled;
    private volatile int planned;
    private volatile boolean closed;
    private final WorkCounter work = new WorkCounter();

    /** What all calls share. */
    record Means(CrossEncoder crossEncoder, ScoreCache cache, RunWatch watch) {}

    /**
     * @param lanes that it has for itself; a share of one if it has to wait for other calls
     */
    RerankCall(RerankTask task, Deadline deadline, Means means, double lanes) {
        this.task = task;
        this.deadline = deadline;
        this.means = means;
        this.lanes = lanes;
        crossEncoder = means.crossEncoder();
        scores = means.cache().of(task.query());
        batcher = new PairBatcher(crossEncoder.largestBatch());
        outcomes = new AtomicReferenceArray<>(task.count());
        begun = new AtomicReferenceArray<>(task.count());
    }

    /**
     * Settles every candidate whose score is known from earlier; costs nothing for a query that is
     * new. To be called once, before the first step.
     */
    void recall() {
        if (!scores.any()) {
            return;
        }
        for (int index = 0; index < task.count() && !deadline.expired(); index++) {
            read(index, index + 1);
            recalled += outcomes.get(index) == null ? 0 : 1;
        }
    }

    /**
     * Takes the next candidates and does what can be done for them.
     *
     * @return false if there is nothing left that can be done
     */
    boolean step() {
        int window = crossEncoder.largestBatch();
        int from = next.getAndAdd(window);
        if (from >= task.count() || closed || stop.stopped() || deadline.expired()) {
            return false;
        }
        if (from == 0) {
            planned = plan();
        }
        if (task.convergence().settled(from)) {
            settled.accumulateAndGet(from, Math::min);
            return false;
        }
        List<CandidateInputs> read = read(from, Math.min(from + window, task.count()));
        List<CandidateInputs> fitting = thoseThatFit(read);
        if (fitting.size() < read.size()) {
            closed = true;
        }
        batcher.pack(unknown(fitting)).forEach(this::run);
        return !closed;
    }

    /** Lets no further run begin, and ends those that have. */
    void stop() {
        stop.stop();
    }

    /** How many candidates the rest of the time is thought to suffice for, by the first ones. */
    private int plan() {
        int count = Math.min(SAMPLE, task.count());
        long nanos = 1;
        for (int index = 0; index < count; index++) {
            nanos += predictedOf(index);
        }
        double left = Math.max(0, deadline.remaining().toNanos());
        return (int) Math.min(task.count(), recalled + lanes * left * count / nanos);
    }

    /** Nanoseconds for all of its parts; 0 if it cannot be read. */
    private long predictedOf(int index) {
        try {
            return predicted(inputs(index).parts());
        } catch (RuntimeException e) {
            LOG.debugf(e, "Candidate %d cannot be planned for", index + 1);
            return 0;
        }
    }

    /** What became of every candidate until now. */
    Reranking result() {
        List<Outcome> all = new ArrayList<>();
        int tried = 0;
        for (int i = 0; i < task.count(); i++) {
            Outcome outcome = outcome(i);
            all.add(outcome);
            boolean left =
                    outcome instanceof Skipped(_, Reason r)
                            && (r == Reason.LATE || r == Reason.CONVERGED);
            tried += left ? 0 : 1;
        }
        return new Reranking(all, Math.max(planned, tried), work.sum());
    }

    private Outcome outcome(int index) {
        Outcome outcome = outcomes.get(index);
        if (outcome != null) {
            return outcome;
        }
        Run run = begun.get(index);
        if (run != null) {
            return new Skipped(index, run.hangs() ? Reason.FAILED : Reason.CANCELLED);
        }
        if (index >= settled.get()) {
            return new Skipped(index, Reason.CONVERGED);
        }
        return new Skipped(index, means.watch().isBlocked() ? Reason.FAILED : Reason.LATE);
    }

    /** Those that are to be run. The others have their outcome then, also what cannot be read. */
    private List<CandidateInputs> read(int from, int to) {
        List<CandidateInputs> read = new ArrayList<>();
        for (int index = from; index < to; index++) {
            if (outcomes.get(index) == null) {
                try {
                    CandidateInputs its = recalled(inputs(index));
                    if (its.unknown().isEmpty()) {
                        settle(its.outcome());
                    } else {
                        read.add(its);
                    }
                } catch (RuntimeException e) {
                    failed(index, e);
                }
            }
        }
        return read;
    }

    private CandidateInputs recalled(CandidateInputs inputs) {
        for (Part part : inputs.parts()) {
            part.recall(scores.get(part.input()));
        }
        return inputs;
    }

    private CandidateInputs inputs(int index) {
        long[] query = task.query();
        int[] passage = task.tokens().tokenIds(index);
        var inputs = new CandidateInputs(index, passage.length);
        var tokenizer = crossEncoder.tokenizer();
        for (Span span : task.cut().spans(query, passage, tokenizer.passageRoom(query.length))) {
            inputs.add(span, tokenizer.pair(query, passage, span));
        }
        return inputs;
    }

    /** As many candidates as the time suffices for, the first ones. */
    private List<CandidateInputs> thoseThatFit(List<CandidateInputs> window) {
        List<CandidateInputs> fitting = new ArrayList<>(window);
        while (!fitting.isEmpty()
                && predicted(unknown(fitting)) > deadline.remaining().toNanos()
                && !crossEncoder.cost().mayProbe()) {
            fitting.removeLast();
        }
        return fitting;
    }

    private static List<Part> unknown(List<CandidateInputs> window) {
        return window.stream().flatMap(one -> one.unknown().stream()).toList();
    }

    /** Nanoseconds. */
    private long predicted(List<Part> parts) {
        return batcher.pack(parts).stream().mapToLong(this::predict).sum();
    }

    private long predict(List<Part> batch) {
        return crossEncoder.cost().predict(batch.size(), PairBatcher.length(batch));
    }

    private void run(List<Part> batch) {
        long predicted = predict(batch);
        Run run = means.watch().begin(predicted, deadline.clock());
        batch.forEach(part -> begun.set(part.candidate().index(), run));
        int length = PairBatcher.length(batch);
        try {
            float[] logits = crossEncoder.logits(batch.stream().map(Part::input).toList(), stop);
            long took = run.took();
            crossEncoder.cost().observe(batch.size(), length, took);
            work.add(batch, predicted, took);
            take(batch, logits);
        } catch (RunStoppedException e) {
            crossEncoder.cost().observeStopped(batch.size(), length, run.took());
        } catch (RuntimeException e) {
            batch.forEach(part -> failed(part.candidate().index(), e));
        } finally {
            means.watch().end(run);
        }
    }

    private void take(List<Part> batch, float[] logits) {
        for (int i = 0; i < logits.length; i++) {
            Part part = batch.get(i);
            part.set(logits[i]);
            scores.put(part.input(), logits[i]);
            if (part.candidate().unknown().isEmpty()) {
                settle(part.candidate().outcome());
            }
        }
    }

    private void settle(Outcome outcome) {
        // A failure of one part came first.
        if (outcomes.compareAndSet(outcome.index(), null, outcome)
                && outcome instanceof Outcome.Scored scored) {
            task.convergence().scored(scored.index(), scored.logit());
        }
    }

    private void failed(int index, RuntimeException e) {
        LOG.debugf(e, "Candidate %d of the query has no rerank score", index + 1);
        outcomes.set(index, new Skipped(index, Reason.FAILED));
    }
}
