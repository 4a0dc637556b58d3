package dev.tandem.candidates;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;

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
}
