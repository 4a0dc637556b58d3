package dev.tandem.rerank;

import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import dev.tandem.rerank.RunWatch.Run;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What became of the candidates of one call. Whoever settles a candidate first decides, except that
 * a score takes the place of a failure. Thread-safe.
 */
final class Scoreboard {

    private final AtomicReferenceArray<@Nullable Outcome> outcomes;
    private final AtomicReferenceArray<@Nullable Run> begun;
    private final AtomicInteger open;
    private final Convergence convergence;
    private final CompletableFuture<Boolean> whole = new CompletableFuture<>();

    Scoreboard(int count, Convergence convergence) {
        outcomes = new AtomicReferenceArray<>(count);
        begun = new AtomicReferenceArray<>(count);
        open = new AtomicInteger(count);
        this.convergence = convergence;
    }

    /** Whether the candidate has no outcome yet. */
    boolean isOpen(int index) {
        return outcomes.get(index) == null;
    }

    /** Whether one of them has no outcome yet. */
    boolean isOpen(int from, int to) {
        for (int index = from; index < to; index++) {
            if (isOpen(index)) {
                return true;
            }
        }
        return false;
    }

    /** The candidate's outcome, if it has one. */
    @Nullable Outcome get(int index) {
        return outcomes.get(index);
    }

    /** The run that was begun for the candidate last. */
    @Nullable Run run(int index) {
        return begun.get(index);
    }

    void begin(int index, Run run) {
        begun.set(index, run);
    }

    /**
     * @return false if the candidate was settled before
     */
    boolean settle(Outcome outcome) {
        Outcome before = outcomes.get(outcome.index());
        boolean better = before == null || (outcome instanceof Scored && before instanceof Skipped);
        if (!better || !outcomes.compareAndSet(outcome.index(), before, outcome)) {
            return false;
        }
        if (outcome instanceof Scored(int index, float logit, _, _, _)) {
            convergence.scored(index, logit);
        }
        if (before == null && open.decrementAndGet() == 0) {
            whole.complete(true);
        }
        return true;
    }

    void fail(int index) {
        settle(new Skipped(index, Reason.FAILED));
    }

    /** Done when every candidate is settled. */
    CompletableFuture<Boolean> whole() {
        return whole;
    }
}
