package dev.tandem.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Measures of a ranking as trec_eval defines them: gains are the grades themselves, unjudged
 * passages count as grade 0, and the ideal is made from all judged passages, so that what stage 1
 * missed is charged.
 *
 * <p>Sources: Järvelin and Kekäläinen 2002 (nDCG; discount {@code 1 / log2(rank + 1)}, trec_eval's
 * {@code ndcg_cut}), trec_eval's {@code recip_rank} and {@code recall}.
 */
public final class Measures {

    private Measures() {}

    /**
     * Normalised discounted cumulative gain.
     *
     * @param ranking passage ids, best first
     * @param grades judged passage to grade; negative grades count as 0
     * @return 0..1; 0 if nothing is relevant
     */
    public static double ndcg(List<String> ranking, Map<String, Integer> grades, int depth) {
        List<Integer> ideal = new ArrayList<>(grades.values());
        ideal.sort(Comparator.reverseOrder());
        List<Integer> gains =
                ranking.stream().limit(depth).map(id -> grades.getOrDefault(id, 0)).toList();
        double best = dcg(ideal, depth);
        return best == 0 ? 0 : dcg(gains, depth) / best;
    }

    /** One over the rank of the first relevant passage, 0 if it stands below {@code depth}. */
    public static double reciprocalRank(
            List<String> ranking, Map<String, Integer> grades, int depth) {
        for (int i = 0; i < Math.min(depth, ranking.size()); i++) {
            if (isRelevant(ranking.get(i), grades)) {
                return 1.0 / (i + 1);
            }
        }
        return 0;
    }

    /** Share of the relevant passages that stand in the first {@code depth}, 0..1. */
    public static double recall(List<String> ranking, Map<String, Integer> grades, int depth) {
        long relevant = grades.values().stream().filter(grade -> grade > 0).count();
        long found = ranking.stream().limit(depth).filter(id -> isRelevant(id, grades)).count();
        return relevant == 0 ? 0 : (double) found / relevant;
    }

    /** The nearest-rank percentile of unsorted values, {@code percent} in 0..100. */
    public static double percentile(List<Double> values, double percent) {
        List<Double> sorted = values.stream().sorted().toList();
        int rank = (int) Math.ceil(percent / 100 * sorted.size());
        return sorted.get(Math.clamp(rank - 1, 0, sorted.size() - 1));
    }

    private static double dcg(List<Integer> gains, int depth) {
        double sum = 0;
        for (int i = 0; i < Math.min(depth, gains.size()); i++) {
            sum += Math.max(0, gains.get(i)) * Math.log(2) / Math.log(i + 2);
        }
        return sum;
    }

    private static boolean isRelevant(String id, Map<String, Integer> grades) {
        return grades.getOrDefault(id, 0) > 0;
    }
}
