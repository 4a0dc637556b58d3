package dev.tandem.rerank;

/** Tells when further scoring is unlikely to change the top of the answer. Thread-safe. */
public interface Convergence {

    /** Scores everything that there is time for. */
    Convergence NEVER =
            new Convergence() {
                @Override
                public void scored(int index, float logit) {}

                @Override
                public boolean settled(int next) {
                    return false;
                }
            };

    /**
     * @param index place in stage 1's order, 0-based
     */
    void scored(int index, float logit);

    /**
     * Whether scoring may end before the candidate at {@code next} and all after it. Once true, it
     * stays true.
     */
    boolean settled(int next);
}
