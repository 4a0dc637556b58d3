package dev.tandem.candidates;

import dev.tandem.model.Candidate;
import java.util.List;

/** Finds the passages whose vectors are nearest to a query's. Thread-safe. */
public interface CandidateSearcher extends AutoCloseable {

    /**
     * @param queryVector float[dimension of the index], L2 norm 1
     * @param candidateCount how many to find; fewer come back from a smaller index
     * @return best first; equal similarities in the order of their ordinals
     */
    List<Candidate> search(float[] queryVector, int candidateCount);

    @Override
    void close();
}
