package dev.tandem.candidates;

import dev.tandem.model.Candidate;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the passages whose vectors are nearest to a query's. Thread-safe. */
public interface CandidateSearcher extends AutoCloseable {

    /**
     * @param queryVector float[dimension of the index], L2 norm 1
     * @param candidateCount how many to find; fewer come back from a smaller index
     * @param accepted ordinals that may be found, not changed; null for all
     * @return best first; equal similarities in the order of their ordinals
     */
    List<Candidate> search(float[] queryVector, int candidateCount, @Nullable BitSet accepted);

    /** Finds among all passages. */
    default List<Candidate> search(float[] queryVector, int candidateCount) {
        return search(queryVector, candidateCount, null);
    }

    @Override
    void close();
}
