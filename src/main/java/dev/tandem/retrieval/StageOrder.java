package dev.tandem.retrieval;

import dev.tandem.model.Candidate;
import dev.tandem.model.Order;
import dev.tandem.model.Reading;
import dev.tandem.model.Stage;
import dev.tandem.rerank.Outcome;
import dev.tandem.rerank.Outcome.Preranked;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One order of what both stages found: reranked hits first by their score, then those that only the
 * small cross-encoder of a cascade scored, then the rest in stage-1 order. Scores are in 0..1 and
 * fall along the list. Except under {@link Order#RRF}, whose scores are made of places, a reranked
 * hit's score depends on its own pair alone, never on a minimum or maximum of the set; that of a
 * hit which was not reranked is mapped under the lowest of those before.
 */
final class StageOrder {

    private static final Comparator<Placed> BY_STRENGTH =
            Comparator.comparingDouble(Placed::strength).reversed().thenComparingInt(Placed::index);

    private static final Comparator<Judged> BY_LOGIT =
            Comparator.comparingDouble(Judged::logit).reversed().thenComparingInt(Judged::index);

    /** Keeps the first places from deciding alone; Cormack, Clarke and Buettcher 2009. */
    private static final double RRF_K = 60;

    private final Scale large;
    private final Scale small;

    /** Places what one cross-encoder scored. */
    private interface Scale {
        List<Placed> placed(List<Judged> judged, List<Candidate> candidates);
    }

    /** What a cross-encoder says of a candidate. */
    private record Judged(Stage stage, int index, float logit, Reading reading) {

        Placed placed(List<Candidate> candidates, double strength, double score) {
            return new Placed(index, candidates.get(index), strength, score, stage, logit, reading);
        }
    }

    private StageOrder(Scale large, Scale small) {
        this.large = large;
        this.small = small;
    }

    /** By what the blend makes of logit and similarity. */
    static StageOrder of(ScoreBlend blend) {
        return of(blend, blend);
    }

    /**
     * The same in a cascade.
     *
     * @param small of the small cross-encoder
     */
    static StageOrder of(ScoreBlend large, ScoreBlend small) {
        return new StageOrder(
                (judged, candidates) -> blended(judged, candidates, large),
                (judged, candidates) -> blended(judged, candidates, small));
    }

    /** By the places in the two stages' orders: {@link Order#RRF}. */
    static StageOrder ofPlaces() {
        return new StageOrder(StageOrder::fused, StageOrder::fused);
    }

    /**
     * A candidate in its place.
     *
     * @param index 0-based place in stage 1's order
     * @param strength what hits of one stage are sorted by, unbounded
     * @param score 0..1
     * @param logit of the stage's cross-encoder; null if none scored the candidate
     * @param reading what that read; null if none scored the candidate
     */
    record Placed(
            int index,
            Candidate candidate,
            double strength,
            double score,
            Stage stage,
            @Nullable Float logit,
            @Nullable Reading reading) {

        /** The same with a score below. */
        private Placed under(double ceiling) {
            return new Placed(index, candidate, strength, ceiling * score, stage, logit, reading);
        }
    }

    /**
     * @param candidates in stage-1 order
     * @param outcomes one a candidate, in the same order
     */
    List<Placed> of(List<Candidate> candidates, List<Outcome> outcomes) {
        List<Placed> order = new ArrayList<>();
        append(order, large.placed(judged(outcomes, Stage.RERANK), candidates));
        append(order, small.placed(judged(outcomes, Stage.PRERANK), candidates));
        double ceiling = ceiling(order);
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Skipped) {
                order.add(retrieved(outcome.index(), candidates.get(outcome.index()), ceiling));
            }
        }
        return order;
    }

    /**
     * Sorted by strength: far from 0 the sigmoid has no digits left to tell scores apart. Behind
     * what is there and with scores below, for scores of two models are not compared.
     */
    private static void append(List<Placed> order, List<Placed> placed) {
        double ceiling = ceiling(order);
        placed.stream().sorted(BY_STRENGTH).map(one -> one.under(ceiling)).forEach(order::add);
    }

    /** What scores of the next ones are below. */
    private static double ceiling(List<Placed> order) {
        return order.isEmpty() ? 1 : order.getLast().score();
    }

    private static List<Judged> judged(List<Outcome> outcomes, Stage by) {
        List<Judged> judged = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            switch (outcome) {
                case Scored(int index, float logit, Reading reading, _, _) ->
                        judged.add(new Judged(Stage.RERANK, index, logit, reading));
                case Preranked(int index, float logit, Reading reading, _) ->
                        judged.add(new Judged(Stage.PRERANK, index, logit, reading));
                case Skipped _ -> {}
            }
        }
        judged.removeIf(one -> one.stage() != by);
        return judged;
    }

    private static List<Placed> blended(
            List<Judged> judged, List<Candidate> candidates, ScoreBlend blend) {
        List<Placed> placed = new ArrayList<>();
        for (Judged one : judged) {
            float similarity = candidates.get(one.index()).similarity();
            double strength = blend.strength(one.logit(), similarity);
            placed.add(one.placed(candidates, strength, blend.score(strength)));
        }
        return placed;
    }

    /** The score is 1 for who is first in both orders. */
    private static List<Placed> fused(List<Judged> judged, List<Candidate> candidates) {
        List<Placed> placed = new ArrayList<>();
        List<Judged> byLogit = judged.stream().sorted(BY_LOGIT).toList();
        for (int i = 0; i < byLogit.size(); i++) {
            Judged one = byLogit.get(i);
            double strength = 1 / (RRF_K + 1 + one.index()) + 1 / (RRF_K + 1 + i);
            placed.add(one.placed(candidates, strength, strength * (RRF_K + 1) / 2));
        }
        return placed;
    }

    private static Placed retrieved(int index, Candidate candidate, double ceiling) {
        // Rounding can take a cosine a little out of -1..1.
        double score = ceiling * Math.clamp((1 + candidate.similarity()) / 2, 0, 1);
        return new Placed(index, candidate, score, score, Stage.RETRIEVE, null, null);
    }
}
