package dev.tandem.rerank;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.OptionalInt;

/** How stage 2 runs. */
@ConfigMapping(prefix = "tandem.rerank")
public interface RerankConfig {

    /** What becomes of stage 1's similarity once a pair has its logit. */
    enum Order {
        /** Both count, with the weights of the cross-encoder's card. */
        BLEND,
        /** The cross-encoder decides alone. */
        REPLACE
    }

    /** Runs of the cross-encoder side by side, 1 to 256; unset, one a core. */
    @Min(1)
    @Max(256)
    OptionalInt concurrency();

    @WithDefault("blend")
    Order order();
}
