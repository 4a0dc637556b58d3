package dev.tandem.rerank;

import dev.tandem.model.Work;
import dev.tandem.rerank.CandidateInputs.Part;
import java.time.Duration;
import java.util.List;

/** Sums what the runs of one call did. Thread-safe. */
final class WorkCounter {

    private int runs;
    private int pairs;
    private long tokens;
    private long paddedTokens;
    private long predicted;
    private long measured;

    synchronized void add(List<Part> batch, long predictedNanos, long measuredNanos) {
        runs++;
        pairs += batch.size();
        tokens += batch.stream().mapToLong(part -> part.input().length()).sum();
        paddedTokens += (long) batch.size() * PairBatcher.length(batch);
        predicted += predictedNanos;
        measured += measuredNanos;
    }

    /**
     * @param remotePairs what was scored elsewhere
     */
    synchronized Work sum(int remotePairs) {
        return new Work(
                runs,
                pairs,
                tokens,
                paddedTokens,
                Duration.ofNanos(predicted),
                Duration.ofNanos(measured),
                remotePairs);
    }
}
