package dev.tandem.rerank;

import dev.tandem.model.Deadline;
import dev.tandem.rerank.Outcome.Preranked;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import dev.tandem.rerank.RerankCall.Means;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The small cross-encoder's part of one call. When the time does not suffice for the large one to
 * read all candidates, the small one reads as many as its share of the time allows, and the large
 * one then begins with those that it prefers. When what is left for the large one would not do for
 * three, the small one may take all of the time.
 */
final class Prerank {

    private static final Logger LOG = Logger.getLogger(Prerank.class);

    /** A small one that is less than so many times as fast takes more time than it is worth. */
    private static final double LEAST_GAIN = 1.5;

    /**
     * If the large one would read fewer, the small one puts the time to better use: one alone is
     * compared with nothing, and of two the small one knows the better as a rule (measured, ADR
     * 27).
     */
    private static final int LEAST_COMPARED = 3;

    private final RerankCall large;
    private final RerankTask task;
    private final Deadline deadline;
    private final Means means;
    private final double lanes;
    private volatile @Nullable RerankCall small;

    /**
     * @param large the call for the large one, which has not begun
     * @param deadline of both
     * @param lanes see {@link RerankCall}
     */
    Prerank(RerankCall large, RerankTask task, Deadline deadline, Means means, double lanes) {
        this.large = large;
        this.task = task;
        this.deadline = deadline;
        this.means = means;
        this.lanes = lanes;
    }

    /**
     * Looks whether it is of use; reads some candidates for that.
     *
     * @return what is to run until its own deadline; empty if the large one is to begin at once
     */
    Optional<RerankCall> begin() {
        Cascade cascade = means.helpers().cascade();
        if (cascade == null || !isAllowed()) {
            return Optional.empty();
        }
        int plan = large.plan();
        if (plan >= task.count()) {
            return Optional.empty();
        }
        Deadline due = deadline.share(share(cascade, plan));
        var its = new RerankCall(task, due, ofSmall(cascade), lanes);
        its.inOrder(large.open());
        its.recall();
        small = its;
        return isWorthIt(its, cascade) ? Optional.of(its) : Optional.empty();
    }

    /**
     * By what is known of both. A small one that looks slow reads one candidate now and then, else
     * what was measured at a start beside other work would put it aside for good.
     */
    private boolean isWorthIt(RerankCall its, Cascade cascade) {
        if (isFaster(its)) {
            return true;
        }
        if (cascade.small().cost().lacksNews()) {
            its.step();
        }
        return isFaster(its);
    }

    private boolean isFaster(RerankCall its) {
        return its.typicalNanos() * LEAST_GAIN <= large.typicalNanos();
    }

    private static double share(Cascade cascade, int plan) {
        double leftToLarge = (1 - cascade.share()) * plan;
        return leftToLarge < LEAST_COMPARED ? 1 : cascade.share();
    }

    /**
     * What begins at the first candidates and goes on in stage 1's order does not take another one:
     * an early stop, and a remote.
     */
    private boolean isAllowed() {
        RemoteReranker remote = means.helpers().remote();
        boolean helped = remote != null && task.texts() != null && remote.takesPart();
        return task.preference() != null && task.convergence() == Convergence.NEVER && !helped;
    }

    private Means ofSmall(Cascade cascade) {
        return new Means(cascade.small(), means.cache(), means.watch(), Helpers.NONE);
    }

    /** Has the large one go on with what the small one prefers, then in stage 1's order. */
    void end() {
        RerankCall its = small;
        Preference preference = task.preference();
        if (its == null || preference == null) {
            return;
        }
        List<Outcome> outcomes = its.outcomes();
        IntStream preferred =
                outcomes.stream()
                        .filter(Scored.class::isInstance)
                        .map(Scored.class::cast)
                        .sorted(byPreference(preference))
                        .mapToInt(Scored::index);
        IntStream rest =
                outcomes.stream().filter(Skipped.class::isInstance).mapToInt(Outcome::index);
        large.inOrder(IntStream.concat(preferred, rest).toArray());
        tellOfFailures(outcomes);
    }

    private static Comparator<Scored> byPreference(Preference preference) {
        Comparator<Scored> rising =
                Comparator.comparingDouble(one -> preference.of(one.index(), one.logit()));
        return rising.reversed().thenComparingInt(Scored::index);
    }

    private static void tellOfFailures(List<Outcome> outcomes) {
        long failed = Reason.FAILED.in(outcomes);
        if (failed > 0) {
            LOG.warnf(
                    "The small cross-encoder failed on %d of %d candidates; level DEBUG says how",
                    failed, outcomes.size());
        }
    }

    /** What both did. Where the large one has a score, that counts. */
    Reranking merged() {
        Reranking its = large.result();
        RerankCall before = small;
        if (before == null) {
            return its;
        }
        Reranking first = before.result();
        List<Outcome> outcomes =
                IntStream.range(0, task.count())
                        .mapToObj(i -> merged(its.outcomes().get(i), first.outcomes().get(i)))
                        .toList();
        return new Reranking(outcomes, its.planned(), its.work().plus(first.work()));
    }

    private static Outcome merged(Outcome ofLarge, Outcome ofSmall) {
        return ofLarge instanceof Skipped(int index, Reason reason)
                        && ofSmall instanceof Scored(_, float logit, var reading, _, _)
                ? new Preranked(index, logit, reading, reason)
                : ofLarge;
    }
}
