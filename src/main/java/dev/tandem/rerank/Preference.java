package dev.tandem.rerank;

/** Which candidates the large cross-encoder of a cascade reads first. Thread-safe. */
@FunctionalInterface
public interface Preference {

    /**
     * @param index place in the order of the task, 0-based
     * @param logit of the small cross-encoder
     * @return higher for a candidate that is read earlier
     */
    double of(int index, float logit);
}
