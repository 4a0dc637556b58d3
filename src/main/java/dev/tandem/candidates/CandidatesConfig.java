package dev.tandem.candidates;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.util.OptionalInt;

/** How stage 1 walks the graph. */
@ConfigMapping(prefix = "tandem.candidates")
public interface CandidatesConfig {

    /**
     * The walk keeps {@code candidateCount} times this many nodes, 1 to 10. More finds more of the
     * true neighbours and takes proportionally longer.
     */
    @WithDefault("2")
    @DecimalMin("1")
    @DecimalMax("10")
    double oversampling();

    /**
     * Share of an answer's time that the walk may take, above 0, at most 1. When it is spent, the
     * walk ends with what it has found and the answer says so; the rest is the cross-encoder's.
     */
    @WithDefault("0.5")
    @DecimalMin(value = "0", inclusive = false)
    @DecimalMax("1")
    double budgetShare();

    /**
     * Most nodes that a walk expands, 1 or more; each costs one read of some kB. A walk that is cut
     * by it says so. Unset, only time ends a walk.
     */
    @Min(1)
    OptionalInt nodeBudget();
}
