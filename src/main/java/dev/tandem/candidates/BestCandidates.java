package dev.tandem.candidates;

import dev.tandem.model.Candidate;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The best of the candidates that it is offered, a limited number. */
final class BestCandidates {

    /** Equal similarities in the order of their ordinals. */
    static final Comparator<Candidate> BEST_FIRST =
            Comparator.comparingDouble(Candidate::similarity)
                    .reversed()
                    .thenComparingInt(Candidate::ordinal);

    private final int most;
    private final PriorityQueue<Candidate> worstFirst = new PriorityQueue<>(BEST_FIRST.reversed());

    /**
     * @param most how many it keeps, at least 1
     */
    BestCandidates(int most) {
        this.most = most;
    }

    void offer(int ordinal, float similarity) {
        if (worstFirst.size() < most) {
            worstFirst.add(new Candidate(ordinal, similarity));
        } else if (similarity > worstFirst.element().similarity()) {
            worstFirst.remove();
            worstFirst.add(new Candidate(ordinal, similarity));
        }
    }

    /** Best first. */
    List<Candidate> list() {
        return worstFirst.stream().sorted(BEST_FIRST).toList();
    }
}
