package dev.tandem.candidates;

import dev.tandem.settings.Range;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.OptionalInt;

/** How stage 1 walks the graph. */
@ConfigMapping(prefix = "tandem.candidates")
public interface CandidatesConfig {

    /**
     * The walk keeps {@code candidateCount} times this many nodes, 1 to 10. More finds more of the
     * true neighbours and takes proportionally longer.
     */
    @WithDefault("2")
    @Range(from = "1", to = "10")
    double oversampling();

    /**
     * Share of an answer's time that the walk may take, 0.001 to 1. When it is spent, the walk ends
     * with what it has found and the answer says so; the rest is the cross-encoder's.
     */
    @WithDefault("0.5")
    @Range(from = "0.001", to = "1")
    double budgetShare();

    /**
     * Most nodes that a walk expands, 1 or more; each costs one read of some kB. A walk that is cut
     * by it says so. Unset, only time ends a walk.
     */
    @Range(from = "1")
    OptionalInt nodeBudget();
}
