package dev.tandem.rerank;

import dev.tandem.model.Deadline;
import dev.tandem.model.Reading;
import dev.tandem.model.Span;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a remote does for one call. It scores batches of candidates from beyond where the local
 * lanes are thought to come to, up to the end, then backwards towards them, then what some earlier
 * call has not answered. The local lanes do not wait: what is not settled when they come to it they
 * score themselves, and whoever is first counts. The first failure ends the remote's part.
 */
final class RemoteLane {

    private static final Logger LOG = Logger.getLogger(RemoteLane.class);

    /** Where it begins, as a share of what the local lanes are thought to come to. */
    private static final double LOCAL_SHARE = 0.75;

    /** After so many times what calls take, what was not answered is asked for again. */
    private static final int PATIENCE = 2;

    /** Less time than this is not worth a call. */
    private static final long LEAST_MILLIS = 3;

    private final @Nullable RemoteReranker remote;
    private final RerankTask task;
    private final Scoreboard board;
    private final Deadline deadline;
    private final TextTokenizer tokenizer;
    private final Set<RemoteCall> inFlight = ConcurrentHashMap.newKeySet();
    private final AtomicInteger senders = new AtomicInteger();
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private final RemoteOrder order;
    private volatile boolean started;
    private volatile boolean stopped;
    private volatile boolean failed;

    /** A candidate that is to be scored, and what the local model would read of it. */
    private record Asked(int index, String text, Reading reading) {}

    /**
     * @param remote null without one
     */
    RemoteLane(
            @Nullable RemoteReranker remote,
            RerankTask task,
            Scoreboard board,
            Deadline deadline,
            TextTokenizer tokenizer) {
        this.remote = remote;
        this.task = task;
        this.board = board;
        this.deadline = deadline;
        this.tokenizer = tokenizer;
        order = new RemoteOrder(board, task.count());
        if (remote == null || task.texts() == null) {
            done.complete(true);
        }
    }

    /**
     * To be called once, when the local lanes begin; returns at once.
     *
     * @param planned candidates that these are thought to come to
     */
    void start(int planned) {
        started = true;
        if (remote == null || done.isDone() || !remote.takesPart()) {
            done.complete(true);
            return;
        }
        order.begin((int) Math.min(LOCAL_SHARE * planned, task.count() / 2.0));
        int most = remote.concurrency();
        senders.set(most);
        for (int i = 0; i < most; i++) {
            soon(remote);
        }
    }

    /** The local lanes have come to this candidate. */
    void passed(int index) {
        order.passed(index);
    }

    /** Sends nothing more and takes nothing more. */
    void stop() {
        stopped = true;
        inFlight.forEach(RemoteCall::cancel);
        done.complete(true);
    }

    /** Done when nothing more is to be expected. */
    CompletableFuture<Boolean> done() {
        return started ? done : CompletableFuture.completedFuture(true);
    }

    /**
     * Leaves out what is no gain. What is scored goes before what is not: while fewer candidates
     * than the answer has are scored without a gap, one from beyond the gap would take the place of
     * a better one that was not read.
     *
     * @param outcomes of all candidates
     */
    List<Outcome> counting(List<Outcome> outcomes) {
        RerankTask.Texts texts = task.texts();
        int gap = gap(outcomes);
        if (remote == null || texts == null || gap >= texts.top()) {
            return outcomes;
        }
        return outcomes.stream().map(one -> one.index() > gap ? withoutRemote(one) : one).toList();
    }

    private static int gap(List<Outcome> outcomes) {
        int gap = 0;
        while (gap < outcomes.size()
                && !(outcomes.get(gap) instanceof Skipped(_, Reason reason)
                        && reason != Reason.FAILED)) {
            gap++;
        }
        return gap;
    }

    private static Outcome withoutRemote(Outcome outcome) {
        boolean its = outcome instanceof Scored scored && scored.remote();
        return its ? new Skipped(outcome.index(), Reason.LATE) : outcome;
    }

    private void repeat(RemoteReranker its) {
        order.repeat();
        soon(its);
    }

    private void soon(RemoteReranker its) {
        try {
            its.readers().execute(() -> send(its));
        } catch (RejectedExecutionException e) {
            ended();
        }
    }

    /** Sends the next batch. If there is none, ends, or comes again for what was not answered. */
    private void send(RemoteReranker its) {
        RerankTask.Texts texts = task.texts();
        List<Asked> batch = texts == null ? List.of() : nextBatch(its, texts);
        if (texts == null || isOver()) {
            ended();
        } else if (!batch.isEmpty()) {
            send(its, texts.query(), batch);
        } else if (order.mayRepeat()) {
            RemoteReranker.after(PATIENCE * its.typicalNanos(), () -> repeat(its));
        } else {
            ended();
        }
    }

    private void send(RemoteReranker its, String query, List<Asked> batch) {
        List<String> texts = batch.stream().map(Asked::text).toList();
        RemoteCall call = its.score(query, texts, deadline.remaining());
        inFlight.add(call);
        if (stopped) {
            call.cancel();
        }
        var _ = call.result().whenComplete((scores, e) -> answered(its, call, batch, scores, e));
    }

    private List<Asked> nextBatch(RemoteReranker its, RerankTask.Texts texts) {
        List<Asked> batch = new ArrayList<>();
        while (batch.size() < its.batch() && !isOver()) {
            int index = order.next();
            if (index < 0) {
                break;
            }
            Asked asked = read(index, texts, its);
            if (asked != null) {
                batch.add(asked);
            }
        }
        return batch;
    }

    /** Null for what cannot be read, and for what the remote would read otherwise than here. */
    private @Nullable Asked read(int index, RerankTask.Texts texts, RemoteReranker its) {
        try {
            int[] passage = task.tokens().tokenIds(index);
            Span span = readAlike(passage, its.cutsAlike());
            return span == null
                    ? null
                    : new Asked(
                            index,
                            texts.passages().apply(index),
                            new Reading(passage.length, span.length(), span));
        } catch (RuntimeException e) {
            LOG.debugf(e, "Candidate %d cannot be read for the remote", index + 1);
            return null;
        }
    }

    /** What both read of a passage: all of it, or as much as the model takes. */
    private @Nullable Span readAlike(int[] passage, boolean cutsAlike) {
        int room = tokenizer.passageRoom(task.query().length);
        if (passage.length == 0 || (passage.length > room && !cutsAlike)) {
            return null;
        }
        List<Span> spans = task.cut().spans(task.query(), passage, room);
        Span head = new Span(0, Math.min(passage.length, room));
        return spans.equals(List.of(head)) ? head : null;
    }

    private void answered(
            RemoteReranker its,
            RemoteCall call,
            List<Asked> asked,
            float @Nullable [] scores,
            @Nullable Throwable e) {
        inFlight.remove(call);
        if (scores == null) {
            LOG.debugf(e, "The remote has no scores for %d candidates", asked.size());
            failed = true;
            ended();
            return;
        }
        its.countPairs(take(asked, scores));
        soon(its);
    }

    private int take(List<Asked> asked, float[] scores) {
        int won = 0;
        for (int i = 0; i < scores.length && !stopped; i++) {
            Asked one = asked.get(i);
            if (!Float.isNaN(scores[i])) {
                var outcome = new Scored(one.index(), scores[i], one.reading(), false, true);
                won += board.settle(outcome) ? 1 : 0;
            }
        }
        return won;
    }

    private boolean isOver() {
        return stopped || failed || deadline.remaining().toMillis() < LEAST_MILLIS;
    }

    private void ended() {
        if (senders.decrementAndGet() == 0) {
            done.complete(true);
        }
    }
}
