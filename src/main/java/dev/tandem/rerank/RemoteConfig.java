package dev.tandem.rerank;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** A reranker elsewhere that helps stage 2. */
@ConfigMapping(prefix = "tandem.rerank.remote")
public interface RemoteConfig {

    /** Where it is, without {@code /rerank}; unset, there is none. */
    Optional<URI> url();

    /** Sent as bearer token. */
    Optional<String> apiKey();

    /** Texts of a call, 1 to 1000. */
    @WithDefault("32")
    @Min(1)
    @Max(1_000)
    int batch();

    /** Calls in flight for one query, 1 to 16. */
    @WithDefault("2")
    @Min(1)
    @Max(16)
    int concurrency();

    /** From when on a call has failed, 1 ms to 1 minute. */
    @WithDefault("1s")
    @DurationMin(millis = 1)
    @DurationMax(minutes = 1)
    Duration timeout();
}
