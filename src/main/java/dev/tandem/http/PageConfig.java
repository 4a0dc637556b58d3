package dev.tandem.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The search page for people. */
@ConfigMapping(prefix = "tandem.page")
public interface PageConfig {

    /** Whether the page is served at {@code /}. */
    @WithDefault("false")
    boolean enabled();
}
