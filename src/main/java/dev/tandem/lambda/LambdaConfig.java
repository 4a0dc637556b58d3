package dev.tandem.lambda;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What a function does besides answering. */
@ConfigMapping(prefix = "tandem.lambda")
public interface LambdaConfig {

    /** Whether a line of metrics is written to the log for each answer. */
    @WithDefault("false")
    boolean metrics();
}
