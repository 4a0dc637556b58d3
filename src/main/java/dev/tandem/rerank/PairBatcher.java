package dev.tandem.rerank;

import dev.tandem.rerank.CandidateInputs.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Packs inputs into runs, those of like length together. */
final class PairBatcher {

    /** What a run may compute at most, as a multiple of its tokens. */
    private static final double LARGEST_PADDING = 1.15;

    private final int largestBatch;

    /**
     * @param largestBatch inputs a run, at least 1
     */
    PairBatcher(int largestBatch) {
        this.largestBatch = largestBatch;
    }

    /** Every input in one batch; a batch has the longest first. */
    List<List<Part>> pack(List<Part> parts) {
        List<List<Part>> batches = new ArrayList<>();
        if (largestBatch == 1) {
            parts.forEach(part -> batches.add(List.of(part)));
            return batches;
        }
        List<Part> batch = new ArrayList<>();
        int tokens = 0;
        for (Part part : longestFirst(parts)) {
            int length = part.input().length();
            int padded = (batch.size() + 1) * (batch.isEmpty() ? length : length(batch));
            boolean full = batch.size() == largestBatch;
            if (!batch.isEmpty() && (full || padded > LARGEST_PADDING * (tokens + length))) {
                batches.add(batch);
                batch = new ArrayList<>();
                tokens = 0;
            }
            batch.add(part);
            tokens += length;
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    /** Tokens of the longest input of a batch. */
    static int length(List<Part> batch) {
        return batch.getFirst().input().length();
    }

    private static List<Part> longestFirst(List<Part> parts) {
        Comparator<Part> byLength = Comparator.comparingInt(part -> part.input().length());
        return parts.stream().sorted(byLength.reversed()).toList();
    }
}
