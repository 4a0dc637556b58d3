package dev.tandem.rerank;

import dev.tandem.settings.Range;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** A reranker elsewhere that helps stage 2. */
@ConfigMapping(prefix = "tandem.rerank.remote")
public interface RemoteConfig {

    /** Where it is, without {@code /rerank}; unset, there is none. */
    Optional<URI> url();

    /** Sent as bearer token. */
    Optional<String> apiKey();

    /** Texts of a call, 1 to 1000. */
    @WithDefault("32")
    @Range(from = "1", to = "1000")
    int batch();

    /** Calls in flight for one query, 1 to 16. */
    @WithDefault("2")
    @Range(from = "1", to = "16")
    int concurrency();

    /** From when on a call has failed, 1 ms to 1 minute. */
    @WithDefault("1s")
    @Range(from = "1ms", to = "1m")
    Duration timeout();
}
