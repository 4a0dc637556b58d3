package dev.tandem.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What an operator may do over HTTP. */
@ConfigMapping(prefix = "tandem.admin")
public interface AdminConfig {

    /** Whether {@code /admin} answers; whoever reaches the port may then use it. */
    @WithDefault("false")
    boolean enabled();
}
