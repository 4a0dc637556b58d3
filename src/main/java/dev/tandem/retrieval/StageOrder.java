package dev.tandem.retrieval;

import dev.tandem.model.Candidate;
import dev.tandem.model.Reading;
import dev.tandem.model.Stage;
import dev.tandem.rerank.Outcome;
import dev.tandem.rerank.Outcome.Scored;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One order of what both stages found: reranked hits first by their score, then the rest in stage-1
 * order. Scores are in 0..1 and fall along the list; a score depends on its own pair and, for hits
 * that were not reranked, on the lowest reranked score, never on a minimum or maximum of the set.
 */
final class StageOrder {

    private static final Comparator<Placed> BY_SCORE =
            Comparator.comparingDouble(Placed::strength).reversed().thenComparingInt(Placed::index);

    private final ScoreBlend blend;

    StageOrder(ScoreBlend blend) {
        this.blend = blend;
    }

    /**
     * A candidate in its place.
     *
     * @param index 0-based place in stage 1's order
     * @param strength what reranked hits are sorted by, unbounded
     * @param score 0..1
     * @param logit of the cross-encoder; null if it did not score the candidate
     * @param reading what it read; null if it did not score the candidate
     */
    record Placed(
            int index,
            Candidate candidate,
            double strength,
            double score,
            Stage stage,
            @Nullable Float logit,
            @Nullable Reading reading) {}

    /**
     * @param candidates in stage-1 order
     * @param outcomes one a candidate, in the same order
     */
    List<Placed> of(List<Candidate> candidates, List<Outcome> outcomes) {
        List<Placed> order = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Scored scored) {
                order.add(reranked(scored, candidates.get(scored.index())));
            }
        }
        // Sorted by strength: far from 0 the sigmoid has no digits left to tell scores apart.
        order.sort(BY_SCORE);
        double ceiling = order.isEmpty() ? 1 : order.getLast().score();
        for (Outcome outcome : outcomes) {
            if (!(outcome instanceof Scored)) {
                order.add(retrieved(outcome.index(), candidates.get(outcome.index()), ceiling));
            }
        }
        return order;
    }

    private Placed reranked(Scored scored, Candidate candidate) {
        double strength = blend.strength(scored.logit(), candidate.similarity());
        return new Placed(
                scored.index(),
                candidate,
                strength,
                blend.score(strength),
                Stage.RERANK,
                scored.logit(),
                scored.reading());
    }

    private static Placed retrieved(int index, Candidate candidate, double ceiling) {
        // Rounding can take a cosine a little out of -1..1.
        double score = ceiling * Math.clamp((1 + candidate.similarity()) / 2, 0, 1);
        return new Placed(index, candidate, score, score, Stage.RETRIEVE, null, null);
    }
}
