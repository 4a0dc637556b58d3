package dev.tandem.edge;

import dev.tandem.settings.Range;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who may call. */
@ConfigMapping(prefix = "tandem.auth")
public interface AuthConfig {

    /** Keys of which a call must bring one, 16 characters at least; unset, all may call. */
    Optional<List<String>> keys();

    /** File of such keys, one a line; read again when it changes. */
    Optional<Path> keysFile();

    /** How often the file is looked at, 1 second to 1 day. */
    @WithDefault("10s")
    @Range(from = "1s", to = "24h")
    Duration poll();
}
