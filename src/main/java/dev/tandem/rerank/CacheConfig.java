package dev.tandem.rerank;

import dev.tandem.settings.Range;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Which scores are kept for when they are asked for again. */
@ConfigMapping(prefix = "tandem.cache")
public interface CacheConfig {

    /** Whether scores are kept at all. */
    @WithDefault("true")
    boolean enabled();

    /** Scores held in memory, 1000 to 100 million; about 110 bytes each. */
    @WithDefault("100000")
    @Range(from = "1000", to = "100000000")
    int entries();

    /**
     * Folder in which scores outlive the process and are shared between processes; unset, they end
     * with it. It takes 48 bytes for each of {@link #entries()} at most.
     */
    Optional<Path> dir();

    /** How often the scores of other processes are looked for in the folder, 1 second to 1 day. */
    @WithDefault("10s")
    @Range(from = "1s", to = "24h")
    Duration poll();
}
