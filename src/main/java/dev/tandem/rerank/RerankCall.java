package dev.tandem.rerank;

import dev.tandem.model.Deadline;
import dev.tandem.onnx.RunStoppedException;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.CandidateInputs.Part;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import dev.tandem.rerank.RunWatch.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
    private final StopSignal stop = new StopSignal();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger(Integer.MAX_VALUE);
    private final Scoreboard board;
    private final CandidateReader reader;
    private final double lanes;
    private int recalled;
    private volatile int planned;
    private volatile boolean closed;
    private final WorkCounter work = new WorkCounter();

    private final RemoteLane remote;

    /** What all calls share. */
    record Means(
            CrossEncoder crossEncoder,
            ScoreCache cache,
            RunWatch watch,
            @Nullable RemoteReranker remote) {}

    /**
     * @param lanes that it has for itself; a share of one if it has to wait for other calls
     */
    RerankCall(RerankTask task, Deadline deadline, Means means, double lanes) {
        this.task = task;
        this.deadline = deadline;
        this.means = means;
        this.lanes = lanes;
        crossEncoder = means.crossEncoder();
        reader = new CandidateReader(task, crossEncoder.tokenizer());
        board = new Scoreboard(task.count(), task.convergence());
        remote = new RemoteLane(means.remote(), task, board, deadline, crossEncoder.tokenizer());
    }

    /**
     * Settles every candidate whose score is known from earlier; costs nothing for a query that is
     * new. To be called once, before the first step.
     */
    void recall() {
        CrossEncoder on = crossEncoder.serving();
        if (!scores(on).any()) {
            return;
        }
        for (int index = 0; index < task.count() && !deadline.expired(); index++) {
            read(index, index + 1, on);
            recalled += board.isOpen(index) ? 0 : 1;
        }
    }

    /**
     * Takes the next candidates and does what can be done for them.
     *
     * @return false if there is nothing left that can be done
     */
    boolean step() {
        CrossEncoder on = crossEncoder.serving();
        int from = next.getAndAdd(on.largestBatch());
        if (from >= task.count() || closed || stop.stopped() || deadline.expired()) {
            return false;
        }
        if (from == 0) {
            planned = plan(on);
            remote.start(planned);
        }
        remote.passed(from);
        from = firstOpen(from, on);
        if (task.convergence().settled(from)) {
            settled.accumulateAndGet(from, Math::min);
            remote.stop();
            return false;
        }
        if (from >= task.count()) {
            return false;
        }
        List<CandidateInputs> read = read(from, end(from, on), on);
        List<CandidateInputs> fitting = thoseThatFit(read, on);
        if (fitting.size() < read.size()) {
            closed = true;
        }
        RunCosts.pack(unknown(fitting), on).forEach(batch -> run(batch, on));
        return !closed;
    }

    /** Passes over windows whose candidates are settled. */
    private int firstOpen(int taken, CrossEncoder on) {
        int from = taken;
        while (from < task.count() && !board.isOpen(from, end(from, on))) {
            from = next.getAndAdd(on.largestBatch());
        }
        return from;
    }

    private int end(int from, CrossEncoder on) {
        return Math.min(from + on.largestBatch(), task.count());
    }

    /** Lets no further run begin, and ends those that have. */
    void stop() {
        stop.stop();
        remote.stop();
    }

    /** Done when every candidate is settled. */
    CompletableFuture<Boolean> whole() {
        return board.whole();
    }

    /** Done when nothing more is to be expected from elsewhere. */
    CompletableFuture<Boolean> remoteDone() {
        return remote.done();
    }

    /** How many candidates the rest of the time is thought to suffice for, by the first ones. */
    private int plan(CrossEncoder on) {
        int count = Math.min(SAMPLE, task.count());
        long nanos = 1;
        for (int index = 0; index < count; index++) {
            nanos += predictedOf(index, on);
        }
        double left = Math.max(0, deadline.remaining().toNanos());
        return (int) Math.min(task.count(), recalled + lanes * left * count / nanos);
    }

    /** Nanoseconds for all of its parts; 0 if it cannot be read. */
    private long predictedOf(int index, CrossEncoder on) {
        try {
            return RunCosts.predicted(reader.inputs(index).parts(), on);
        } catch (RuntimeException e) {
            LOG.debugf(e, "Candidate %d cannot be planned for", index + 1);
            return 0;
        }
    }

    /** What became of every candidate until now. */
    Reranking result() {
        List<Outcome> all = remote.counting(outcomes());
        int tried = 0;
        for (Outcome outcome : all) {
            boolean left =
                    outcome instanceof Skipped(_, Reason r)
                            && (r == Reason.LATE || r == Reason.CONVERGED);
            tried += left ? 0 : 1;
        }
        int won = (int) all.stream().filter(o -> o instanceof Scored its && its.remote()).count();
        return new Reranking(all, Math.max(planned, tried), work.sum(won));
    }

    private List<Outcome> outcomes() {
        return IntStream.range(0, task.count()).mapToObj(this::outcome).toList();
    }

    private Outcome outcome(int index) {
        Outcome outcome = board.get(index);
        if (outcome != null) {
            return outcome;
        }
        Run run = board.run(index);
        if (run != null) {
            return new Skipped(index, run.hangs() ? Reason.FAILED : Reason.CANCELLED);
        }
        if (index >= settled.get()) {
            return new Skipped(index, Reason.CONVERGED);
        }
        return new Skipped(index, means.watch().isBlocked() ? Reason.FAILED : Reason.LATE);
    }

    /** Those that are to be run. The others have their outcome then, also what cannot be read. */
    private List<CandidateInputs> read(int from, int to, CrossEncoder on) {
        List<CandidateInputs> read = new ArrayList<>();
        for (int index = from; index < to; index++) {
            if (board.isOpen(index)) {
                try {
                    CandidateInputs its = recalled(reader.inputs(index), scores(on));
                    if (its.unknown().isEmpty()) {
                        board.settle(its.outcome());
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

    private ScoreCache.Scores scores(CrossEncoder on) {
        return means.cache().of(on.scores(), task.query());
    }

    private static CandidateInputs recalled(CandidateInputs inputs, ScoreCache.Scores scores) {
        for (Part part : inputs.parts()) {
            part.recall(scores.get(part.input()));
        }
        return inputs;
    }

    /** As many candidates as the time suffices for, the first ones. */
    private List<CandidateInputs> thoseThatFit(List<CandidateInputs> window, CrossEncoder on) {
        List<CandidateInputs> fitting = new ArrayList<>(window);
        while (!fitting.isEmpty()
                && RunCosts.predicted(unknown(fitting), on) > deadline.remaining().toNanos()
                && !on.cost().mayProbe()) {
            fitting.removeLast();
        }
        return fitting;
    }

    private static List<Part> unknown(List<CandidateInputs> window) {
        return window.stream().flatMap(one -> one.unknown().stream()).toList();
    }

    /** One run, and again on what stands in for its device if that fails. */
    private void run(List<Part> batch, CrossEncoder on) {
        try {
            watched(batch, on);
        } catch (CrossEncoderException e) {
            CrossEncoder other = crossEncoder.afterFailure(on, e);
            if (other == on) {
                batch.forEach(part -> failed(part.candidate().index(), e));
            } else {
                RunCosts.pack(batch, other).forEach(its -> run(its, other));
            }
        } catch (RuntimeException e) {
            batch.forEach(part -> failed(part.candidate().index(), e));
        }
    }

    private void watched(List<Part> batch, CrossEncoder on) {
        long predicted = RunCosts.predict(batch, on);
        Run run = means.watch().begin(predicted, deadline.clock());
        batch.forEach(part -> board.begin(part.candidate().index(), run));
        int length = PairBatcher.length(batch);
        try {
            float[] logits = on.logits(batch.stream().map(Part::input).toList(), stop);
            long took = run.took();
            on.cost().observe(batch.size(), length, took);
            work.add(batch, predicted, took);
            take(batch, logits, scores(on));
        } catch (RunStoppedException e) {
            on.cost().observeStopped(batch.size(), length, run.took());
        } finally {
            means.watch().end(run);
        }
    }

    private void take(List<Part> batch, float[] logits, ScoreCache.Scores scores) {
        for (int i = 0; i < logits.length; i++) {
            Part part = batch.get(i);
            part.set(logits[i]);
            scores.put(part.input(), logits[i]);
            if (part.candidate().unknown().isEmpty()) {
                board.settle(part.candidate().outcome());
            }
        }
    }

    private void failed(int index, RuntimeException e) {
        LOG.debugf(e, "Candidate %d of the query has no rerank score", index + 1);
        board.fail(index);
    }
}
