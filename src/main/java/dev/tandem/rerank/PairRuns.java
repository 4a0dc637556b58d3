package dev.tandem.rerank;

import dev.tandem.model.Work;
import dev.tandem.onnx.RunStoppedException;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.CandidateInputs.Part;
import dev.tandem.rerank.RerankCall.Means;
import dev.tandem.rerank.RunWatch.Run;
import java.util.List;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/** The runs of one call, and what they teach: logits, scores to keep, times. Thread-safe. */
final class PairRuns {

    private static final Logger LOG = Logger.getLogger(PairRuns.class);

    private final Means means;
    private final CrossEncoder crossEncoder;
    private final long[] query;
    private final Scoreboard board;
    private final LongSupplier clock;
    private final StopSignal stop = new StopSignal();
    private final WorkCounter work = new WorkCounter();

    /**
     * @param query token ids
     * @param board gets what becomes of the candidates
     * @param clock nanoseconds from an arbitrary origin
     */
    PairRuns(Means means, long[] query, Scoreboard board, LongSupplier clock) {
        this.means = means;
        crossEncoder = means.crossEncoder();
        this.query = query;
        this.board = board;
        this.clock = clock;
    }

    /** Ends those that have begun. */
    void stop() {
        stop.stop();
    }

    boolean stopped() {
        return stop.stopped();
    }

    /** What was computed. */
    Work work(int remotePairs) {
        return work.sum(remotePairs);
    }

    /** Scores that are kept from a device. */
    ScoreCache.Scores scores(CrossEncoder on) {
        return means.cache().of(on.scores(), query);
    }

    /** One run, and again on what stands in for its device if that fails. */
    void run(List<Part> batch, CrossEncoder on) {
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
        Run run = means.watch().begin(predicted, clock);
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

    void failed(int index, RuntimeException e) {
        LOG.debugf(e, "Candidate %d of the query has no rerank score", index + 1);
        board.fail(index);
    }
}
