package dev.tandem.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Finds the smallest effort with which a searcher reaches a recall. */
final class EffortSearch {

    /** Queries looked at first; the effort they give is then checked with all. */
    private static final int SUBSET = 200;

    private final Searcher searcher;
    private final VectorFiles files;
    private final int[] efforts;
    private final int k;
    private final Map<Integer, Double> subsetRecall = new HashMap<>();
    private final Map<Integer, Double> fullRecall = new HashMap<>();

    /**
     * @param efforts to choose from, ascending, each at least {@code k}
     */
    EffortSearch(Searcher searcher, VectorFiles files, int[] efforts, int k) {
        this.searcher = searcher;
        this.files = files;
        this.efforts = efforts;
        this.k = k;
    }

    /** Empty if the largest effort does not reach it. */
    OptionalInt smallest(double recall) {
        int place = onSubset(recall);
        while (place > 0 && full(efforts[place - 1]) >= recall) {
            place--;
        }
        while (place < efforts.length && full(efforts[place]) < recall) {
            place++;
        }
        return place < efforts.length ? OptionalInt.of(efforts[place]) : OptionalInt.empty();
    }

    /** Recall over all queries of the largest effort. */
    double best() {
        return full(efforts[efforts.length - 1]);
    }

    private int onSubset(double recall) {
        int low = 0;
        int high = efforts.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (subset(efforts[middle]) >= recall) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private double subset(int effort) {
        int step = Math.max(1, files.queries().length / SUBSET);
        return subsetRecall.computeIfAbsent(effort, e -> recall(e, step));
    }

    private double full(int effort) {
        return fullRecall.computeIfAbsent(effort, e -> recall(e, 1));
    }

    private double recall(int effort, int step) {
        var contender = new Contender(searcher, effort, k);
        for (int query = 0; query < files.queries().length; query += step) {
            contender.answer(files, query);
        }
        return contender.recall();
    }
}
