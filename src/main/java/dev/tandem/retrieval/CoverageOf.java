package dev.tandem.retrieval;

import dev.tandem.model.Coverage;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.Query;
import dev.tandem.model.Walk;
import dev.tandem.rerank.Outcome;
import dev.tandem.rerank.Outcome.Preranked;
import dev.tandem.rerank.Outcome.Scored;
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
        Map<Outcome.Reason, Integer> missing = missing(outcomes);
        int scored = 0;
        int preranked = 0;
        int fromCache = 0;
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Scored one) {
                scored++;
                fromCache += one.fromCache() ? 1 : 0;
            }
            preranked += outcome instanceof Preranked ? 1 : 0;
        }
        int begun =
                count(missing, Outcome.Reason.CANCELLED) + count(missing, Outcome.Reason.FAILED);
        boolean allRead = scored + preranked == outcomes.size();
        return new Coverage(
                requested,
                reranking.planned(),
                scored,
                preranked,
                begun,
                fromCache,
                reason(missing, scored, allRead));
    }

    /**
     * What failed is told of first if nothing else was scored, for then that is why.
     *
     * @param allRead whether each was scored, by whichever cross-encoder
     */
    private static Reason reason(
            Map<Outcome.Reason, Integer> missing, int scored, boolean allRead) {
        int failed = count(missing, Outcome.Reason.FAILED);
        int late = count(missing, Outcome.Reason.LATE) + count(missing, Outcome.Reason.CANCELLED);
        if (failed > 0 && (late == 0 || scored == 0)) {
            return Reason.RERANK_UNAVAILABLE;
        }
        if (late > 0) {
            return allRead ? Reason.PRERANKED : Reason.BUDGET_SPENT;
        }
        return count(missing, Outcome.Reason.CONVERGED) > 0 ? Reason.CONVERGED : Reason.COMPLETE;
    }

    private static Map<Outcome.Reason, Integer> missing(List<Outcome> outcomes) {
        Map<Outcome.Reason, Integer> missing = new EnumMap<>(Outcome.Reason.class);
        for (Outcome outcome : outcomes) {
            outcome.missing().ifPresent(reason -> missing.merge(reason, 1, Integer::sum));
        }
        return missing;
    }

    private static int count(Map<Outcome.Reason, Integer> missing, Outcome.Reason reason) {
        return missing.getOrDefault(reason, 0);
    }

    private static Coverage with(Coverage of, Reason reason) {
        return new Coverage(
                of.requested(),
                of.planned(),
                of.scored(),
                of.preranked(),
                of.cancelled(),
                of.fromCache(),
                reason);
    }
}
