package dev.tandem.retrieval;

import dev.tandem.model.Coverage;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.Query;
import dev.tandem.model.Walk;
import dev.tandem.rerank.Outcome;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import dev.tandem.rerank.Reranking;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what was done of what was asked for. */
final class CoverageOf {

    private CoverageOf() {}

    static Coverage search(Query query, Reranking reranking, Walk walk) {
        Coverage of = texts(query.candidateCount(), reranking);
        boolean cut = of.reason() == Reason.COMPLETE && !walk.complete();
        return cut ? with(of, Reason.CANDIDATES_CUT) : of;
    }

    /**
     * Of an answer that was given before it was whole.
     *
     * @param reranking null if stage 2 has not ended
     */
    static Coverage cut(Query query, @Nullable Reranking reranking) {
        int requested = query.candidateCount();
        Coverage of =
                reranking == null
                        ? new Coverage(requested, 0, 0, 0, 0, Reason.BUDGET_SPENT)
                        : texts(requested, reranking);
        return with(of, Reason.BUDGET_SPENT);
    }

    /** Without a walk. */
    static Coverage texts(int requested, Reranking reranking) {
        List<Outcome> outcomes = reranking.outcomes();
        Map<Outcome.Reason, Integer> skipped = skipped(outcomes);
        int scored = 0;
        int fromCache = 0;
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Scored one) {
                scored++;
                fromCache += one.fromCache() ? 1 : 0;
            }
        }
        int begun =
                count(skipped, Outcome.Reason.CANCELLED) + count(skipped, Outcome.Reason.FAILED);
        return new Coverage(
                requested, reranking.planned(), scored, begun, fromCache, reason(skipped, scored));
    }

    /** What failed is told of first if nothing else was scored, for then that is why. */
    private static Reason reason(Map<Outcome.Reason, Integer> skipped, int scored) {
        int failed = count(skipped, Outcome.Reason.FAILED);
        int late = count(skipped, Outcome.Reason.LATE) + count(skipped, Outcome.Reason.CANCELLED);
        if (failed > 0 && (late == 0 || scored == 0)) {
            return Reason.RERANK_UNAVAILABLE;
        }
        if (late > 0) {
            return Reason.BUDGET_SPENT;
        }
        return count(skipped, Outcome.Reason.CONVERGED) > 0 ? Reason.CONVERGED : Reason.COMPLETE;
    }

    private static Map<Outcome.Reason, Integer> skipped(List<Outcome> outcomes) {
        Map<Outcome.Reason, Integer> skipped = new EnumMap<>(Outcome.Reason.class);
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Skipped one) {
                skipped.merge(one.reason(), 1, Integer::sum);
            }
        }
        return skipped;
    }

    private static int count(Map<Outcome.Reason, Integer> skipped, Outcome.Reason reason) {
        return skipped.getOrDefault(reason, 0);
    }

    private static Coverage with(Coverage of, Reason reason) {
        return new Coverage(
                of.requested(), of.planned(), of.scored(), of.cancelled(), of.fromCache(), reason);
    }
}
