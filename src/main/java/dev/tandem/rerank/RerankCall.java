package dev.tandem.rerank;

import dev.tandem.model.Deadline;
import dev.tandem.rerank.CandidateInputs.Part;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import dev.tandem.rerank.RunWatch.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

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
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger(Integer.MAX_VALUE);
    private final Scoreboard board;
    private final CandidateReader reader;
    private final double lanes;
    private int recalled;
    private volatile int planned;
    private volatile int[] order;
    private volatile boolean closed;
    private final RemoteLane remote;
    private final PairRuns runs;

    /** What all calls share. */
    record Means(CrossEncoder crossEncoder, ScoreCache cache, RunWatch watch, Helpers helpers) {}

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
        order = IntStream.range(0, task.count()).toArray();
        board = new Scoreboard(task.count(), task.convergence());
        runs = new PairRuns(means, task.query(), board, deadline.clock());
        remote =
                new RemoteLane(
                        means.helpers().remote(), task, board, deadline, crossEncoder.tokenizer());
    }

    /**
     * Takes another order than stage 1's, and no help from elsewhere, which goes by that one. To be
     * called before the first step.
     *
     * @param its candidates by their place in stage 1's order; those that are left out are not read
     */
    void inOrder(int[] its) {
        order = its;
        remote.stop();
    }

    /**
     * Settles every candidate whose score is known from earlier; costs nothing for a query that is
     * new. To be called once, before the first step.
     */
    void recall() {
        CrossEncoder on = crossEncoder.serving();
        if (!runs.scores(on).any()) {
            return;
        }
        for (int at = 0; at < order.length && !deadline.expired(); at++) {
            read(at, at + 1, on);
            recalled += board.isOpen(order[at]) ? 0 : 1;
        }
    }

    /** Candidates that have no outcome yet, in stage 1's order. */
    int[] open() {
        return IntStream.range(0, task.count()).filter(board::isOpen).toArray();
    }

    Deadline deadline() {
        return deadline;
    }

    /**
     * Takes the next candidates and does what can be done for them.
     *
     * @return false if there is nothing left that can be done
     */
    boolean step() {
        CrossEncoder on = crossEncoder.serving();
        int from = next.getAndAdd(on.largestBatch());
        if (from >= order.length || closed || runs.stopped() || deadline.expired()) {
            return false;
        }
        if (from == 0) {
            planned = plan();
            remote.start(planned);
        }
        remote.passed(from);
        from = firstOpen(from, on);
        if (task.convergence().settled(from)) {
            settled.accumulateAndGet(from, Math::min);
            remote.stop();
            return false;
        }
        if (from >= order.length) {
            return false;
        }
        List<CandidateInputs> read = read(from, end(from, on), on);
        List<CandidateInputs> fitting = thoseThatFit(read, on);
        if (fitting.size() < read.size()) {
            closed = true;
        }
        RunCosts.pack(unknown(fitting), on).forEach(batch -> runs.run(batch, on));
        return !closed;
    }

    /** Passes over windows whose candidates are settled. */
    private int firstOpen(int taken, CrossEncoder on) {
        int from = taken;
        while (from < order.length && !isOpen(from, end(from, on))) {
            from = next.getAndAdd(on.largestBatch());
        }
        return from;
    }

    private boolean isOpen(int from, int to) {
        return Arrays.stream(order, from, to).anyMatch(board::isOpen);
    }

    private int end(int from, CrossEncoder on) {
        return Math.min(from + on.largestBatch(), order.length);
    }

    /** Lets no further run begin, and ends those that have. */
    void stop() {
        runs.stop();
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
    int plan() {
        double left = Math.max(0, deadline.remaining().toNanos());
        return (int) Math.min(task.count(), recalled + lanes * left / typicalNanos());
    }

    /** Nanoseconds a candidate, by the first ones. */
    double typicalNanos() {
        CrossEncoder on = crossEncoder.serving();
        int count = Math.min(SAMPLE, order.length);
        long nanos = 1;
        for (int at = 0; at < count; at++) {
            nanos += predictedOf(order[at], on);
        }
        return (double) nanos / count;
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
        int left = (int) (Reason.LATE.in(all) + Reason.CONVERGED.in(all));
        int won = (int) all.stream().filter(o -> o instanceof Scored its && its.remote()).count();
        return new Reranking(all, Math.max(planned, all.size() - left), runs.work(won));
    }

    List<Outcome> outcomes() {
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
        for (int at = from; at < to; at++) {
            int index = order[at];
            if (board.isOpen(index)) {
                try {
                    CandidateInputs its = recalled(reader.inputs(index), runs.scores(on));
                    if (its.unknown().isEmpty()) {
                        board.settle(its.outcome());
                    } else {
                        read.add(its);
                    }
                } catch (RuntimeException e) {
                    runs.failed(index, e);
                }
            }
        }
        return read;
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
}
