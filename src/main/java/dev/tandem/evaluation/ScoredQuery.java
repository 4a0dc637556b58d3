package dev.tandem.evaluation;

import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.model.ModelException;
import dev.tandem.model.RankedPassage;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A judged query's candidates as both stages score them, in stage 1's order. A final class and not
 * a record: its parts are arrays.
 */
final class ScoredQuery {

    private static final int DEPTH = 10;

    private final List<String> ids;
    private final double[] logits;
    private final double[] similarities;
    private final Map<String, Integer> grades;

    /**
     * @param ids candidates in stage 1's order
     * @param logits of the cross-encoder, double[ids]
     * @param similarities of stage 1, double[ids]
     * @param grades judged passage to grade
     */
    ScoredQuery(
            List<String> ids, double[] logits, double[] similarities, Map<String, Integer> grades) {
        this.ids = List.copyOf(ids);
        this.logits = logits;
        this.similarities = similarities;
        this.grades = Map.copyOf(grades);
    }

    /**
     * @param passages all candidates of the query
     * @throws ModelException if the cross-encoder did not score one of them
     */
    static ScoredQuery of(Judged judged, List<RankedPassage> passages) {
        List<RankedPassage> candidates =
                passages.stream()
                        .sorted(Comparator.comparingInt(RankedPassage::retrieveRank))
                        .toList();
        return new ScoredQuery(
                candidates.stream().map(hit -> hit.passage().id()).toList(),
                candidates.stream().mapToDouble(hit -> logit(judged, hit)).toArray(),
                candidates.stream().mapToDouble(RankedPassage::similarity).toArray(),
                judged.grades());
    }

    private static double logit(Judged judged, RankedPassage hit) {
        Float logit = hit.logit();
        if (logit == null) {
            throw new ModelException(
                    "The cross-encoder did not score passage %s for query %s; weights are fitted on scores of all candidates. ./tandem models check tells what is wrong with it."
                            .formatted(hit.passage().id(), judged.id()));
        }
        return logit;
    }

    int size() {
        return ids.size();
    }

    boolean isRelevant(int candidate) {
        return grades.getOrDefault(ids.get(candidate), 0) > 0;
    }

    /** {@code logit + ratio * similarity}, by which the ratio orders. */
    double mixed(int candidate, double ratio) {
        return logits[candidate] + ratio * similarities[candidate];
    }

    /** nDCG@10 of stage 1's own order. */
    double ndcgOfStage1() {
        return Measures.ndcg(ids, grades, DEPTH);
    }

    /** nDCG@10 of the order by {@link #mixed}; equal ones stay in stage 1's. */
    double ndcg(double ratio) {
        List<String> order =
                IntStream.range(0, ids.size())
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> -mixed(i, ratio)))
                        .limit(DEPTH)
                        .map(ids::get)
                        .toList();
        return Measures.ndcg(order, grades, DEPTH);
    }
}
