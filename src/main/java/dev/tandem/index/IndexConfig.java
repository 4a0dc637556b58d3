package dev.tandem.index;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Where the index lies. */
@ConfigMapping(prefix = "tandem.index")
public interface IndexConfig {

    /** Folder of the index. */
    @WithDefault("index")
    Path dir();

    /**
     * Corpus that the index is built from at start if it is missing, or was built from another
     * input or by another model. Unset, a missing index is an error.
     */
    Optional<Path> buildFrom();
}
