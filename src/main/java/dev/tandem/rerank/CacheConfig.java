package dev.tandem.rerank;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Which scores are kept for when they are asked for again. */
@ConfigMapping(prefix = "tandem.cache")
public interface CacheConfig {

    /** Whether scores are kept at all. */
    @WithDefault("true")
    boolean enabled();

    /** Scores held in memory, 1000 to 100 million; about 110 bytes each. */
    @WithDefault("100000")
    @Min(1_000)
    @Max(100_000_000)
    int entries();

    /**
     * Folder in which scores outlive the process and are shared between processes; unset, they end
     * with it. It takes 48 bytes for each of {@link #entries()} at most.
     */
    Optional<Path> dir();

    /** How often the scores of other processes are looked for in the folder, 1 second to 1 day. */
    @WithDefault("10s")
    @DurationMin(seconds = 1)
    @DurationMax(days = 1)
    Duration poll();
}
