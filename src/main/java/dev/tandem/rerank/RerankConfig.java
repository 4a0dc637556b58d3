package dev.tandem.rerank;

import dev.tandem.model.LongPassages;
import dev.tandem.model.Order;
import dev.tandem.settings.Range;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.OptionalInt;

/** How stage 2 runs. */
@ConfigMapping(prefix = "tandem.rerank")
public interface RerankConfig {

    /**
     * Runs of the cross-encoder side by side, 1 to 256; unset, one a core or what was measured to
     * do more.
     */
    @Range(from = "1", to = "256")
    OptionalInt concurrency();

    /** What the cross-encoder runs on. */
    @WithDefault("cpu")
    DeviceChoice device();

    /**
     * Whether the CPU takes over when {@code cuda} is asked for and does not work, at start or
     * later.
     */
    @WithDefault("true")
    boolean gpuFallback();

    /** How the two stages make one order when the request does not say. */
    @WithDefault("blend")
    Order order();

    /** What becomes of a query that leaves too little room for passages. */
    @WithDefault("refuse")
    LongQuery longQuery();

    /** What of long passages is read when neither the request nor the index says. */
    @WithDefault("head")
    LongPassages longPassages();

    /** Chunks of a passage that are scored at most under {@code chunkMax}, 1 to 64. */
    @WithDefault("8")
    @Range(from = "1", to = "64")
    int maxChunks();

    /** Whether scoring ends early when the request does not say. */
    @WithDefault("false")
    boolean earlyStop();
}
