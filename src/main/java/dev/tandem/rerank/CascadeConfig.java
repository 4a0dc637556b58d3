package dev.tandem.rerank;

import dev.tandem.settings.Range;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** A smaller cross-encoder that reads first when there is no time for the large one to read all. */
@ConfigMapping(prefix = "tandem.rerank.cascade")
public interface CascadeConfig {

    /**
     * Folder of the small cross-encoder in {@code tandem.models.dir}; unset, there is none. It has
     * the tokenizer of the large one.
     */
    Optional<String> model();

    /**
     * What of the time for scoring the small one may take, 0.05 to 0.95, if the rest lets the large
     * one compare three candidates; else all.
     */
    @WithDefault("0.5")
    @Range(from = "0.05", to = "0.95")
    double share();
}
