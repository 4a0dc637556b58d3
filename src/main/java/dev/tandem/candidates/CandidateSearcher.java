package dev.tandem.candidates;

import dev.tandem.model.Candidates;
import dev.tandem.model.IndexException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Finds the passages whose vectors are nearest to a query's. Thread-safe. */
public interface CandidateSearcher extends AutoCloseable {

    /**
     * @param queryVector float[dimension of the index], L2 norm 1
     * @param candidateCount how many to find; fewer come back if the index or the limits have fewer
     * @param accepted ordinals that may be found, not changed; null for all
     * @param limits when to stop looking; what was found until then comes back
     * @throws IndexException if the index cannot be read
     */
    Candidates search(
            float[] queryVector, int candidateCount, @Nullable BitSet accepted, WalkLimits limits);

    @Override
    void close();
}
