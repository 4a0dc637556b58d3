package dev.tandem.rerank;

import dev.tandem.rerank.CandidateInputs.Part;
import java.util.List;

/** What runs of some inputs are thought to take on a device. */
final class RunCosts {

    private RunCosts() {}

    /** As they are run. */
    static List<List<Part>> pack(List<Part> parts, CrossEncoder on) {
        return new PairBatcher(on.largestBatch()).pack(parts);
    }

    /** Nanoseconds of all. */
    static long predicted(List<Part> parts, CrossEncoder on) {
        return pack(parts, on).stream().mapToLong(batch -> predict(batch, on)).sum();
    }

    /** Nanoseconds of one run. */
    static long predict(List<Part> batch, CrossEncoder on) {
        return on.cost().predict(batch.size(), PairBatcher.length(batch));
    }
}
