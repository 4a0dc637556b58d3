package dev.tandem.retrieval;

import dev.tandem.model.Candidate;
import dev.tandem.model.Order;
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
 * order. Scores are in 0..1 and fall along the list. Except under {@link Order#RRF}, whose scores
 * are made of places, a score depends on its own pair alone, never on a minimum or maximum of the
 * set; that of a hit which was not reranked is mapped under the lowest reranked one.
 */
final class StageOrder {

    private static final Comparator<Placed> BY_STRENGTH =
            Comparator.comparingDouble(Placed::strength).reversed().thenComparingInt(Placed::index);

    private static final Comparator<Scored> BY_LOGIT =
            Comparator.comparingDouble(Scored::logit).reversed().thenComparingInt(Scored::index);

    /** Keeps the first places from deciding alone; Cormack, Clarke and Buettcher 2009. */
    private static final double RRF_K = 60;

    private final @Nullable ScoreBlend blend;

    private StageOrder(@Nullable ScoreBlend blend) {
        this.blend = blend;
    }

    /** By what the blend makes of logit and similarity. */
    static StageOrder of(ScoreBlend blend) {
        return new StageOrder(blend);
    }

    /** By the places in the two stages' orders: {@link Order#RRF}. */
    static StageOrder ofPlaces() {
        return new StageOrder(null);
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
        List<Scored> scored = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Scored one) {
                scored.add(one);
            }
        }
        List<Placed> order =
                blend == null ? fused(scored, candidates) : blended(scored, candidates, blend);
        // Sorted by strength: far from 0 the sigmoid has no digits left to tell scores apart.
        order.sort(BY_STRENGTH);
        double ceiling = order.isEmpty() ? 1 : order.getLast().score();
        for (Outcome outcome : outcomes) {
            if (!(outcome instanceof Scored)) {
                order.add(retrieved(outcome.index(), candidates.get(outcome.index()), ceiling));
            }
        }
        return order;
    }

    private static List<Placed> blended(
            List<Scored> scored, List<Candidate> candidates, ScoreBlend blend) {
        List<Placed> placed = new ArrayList<>();
        for (Scored one : scored) {
            Candidate candidate = candidates.get(one.index());
            double strength = blend.strength(one.logit(), candidate.similarity());
            placed.add(reranked(one, candidate, strength, blend.score(strength)));
        }
        return placed;
    }

    /** The score is 1 for who is first in both orders. */
    private static List<Placed> fused(List<Scored> scored, List<Candidate> candidates) {
        List<Placed> placed = new ArrayList<>();
        List<Scored> byLogit = scored.stream().sorted(BY_LOGIT).toList();
        for (int i = 0; i < byLogit.size(); i++) {
            Scored one = byLogit.get(i);
            double strength = 1 / (RRF_K + 1 + one.index()) + 1 / (RRF_K + 1 + i);
            double score = strength * (RRF_K + 1) / 2;
            placed.add(reranked(one, candidates.get(one.index()), strength, score));
        }
        return placed;
    }

    private static Placed reranked(
            Scored scored, Candidate candidate, double strength, double score) {
        return new Placed(
                scored.index(),
                candidate,
                strength,
                score,
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
