package dev.tandem.onnx;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** Which models, and where they lie. */
@ConfigMapping(prefix = "tandem.models")
public interface ModelsConfig {

    /** Folder of model folders. */
    @WithDefault("models")
    Path dir();

    /** Folder of the bi-encoder in {@link #dir()}; an index serves only with the one it knows. */
    @WithDefault("bge-small-en-v1.5")
    String biEncoder();

    /** Folder of the cross-encoder in {@link #dir()}. */
    @WithDefault("tandem-minilm-l6")
    String crossEncoder();
}
