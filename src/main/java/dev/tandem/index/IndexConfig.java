package dev.tandem.index;

import dev.tandem.settings.Range;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where the index lies, and how it is opened. */
@ConfigMapping(prefix = "tandem.index")
public interface IndexConfig {

    /** Folder of the index. */
    @WithDefault("index")
    Path dir();

    /**
     * low: of a large graph only the hot region and checksums are held; walks go by the codes in
     * its records. normal: the codes of all vectors are held too, dimension / 3 bytes a passage, by
     * which filters that few passages fit are answered faster.
     */
    @WithDefault("low")
    Memory memory();

    /**
     * Corpus that the index is built from at start if it is missing, or was built from another
     * input or by another model. Unset, a missing index is an error.
     */
    Optional<Path> buildFrom();

    /**
     * What is compared with the manifest when a generation is opened. {@code full} reads every
     * byte, which costs seconds a gigabyte.
     */
    @WithDefault("lengths")
    Verify verify();

    /**
     * How often CURRENT is looked at for a new generation, up to a day; 0 is never. A look reads
     * one small file.
     */
    @WithDefault("10s")
    @Range(from = "0s", to = "24h")
    Duration poll();
}
