package dev.tandem;

import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.rerank.CascadeConfig;
import dev.tandem.rerank.RemoteConfig;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.settings.Ranges;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Configuration of the offline commands, from where the server takes it too: system properties, the
 * environment, {@code config/application.properties}, defaults.
 */
final class OfflineConfig {

    private static final Path FILE = Path.of("config", "application.properties");
    private static final int ORDINAL_OF_FILE = 260;

    private OfflineConfig() {}

    static SmallRyeConfig load() {
        var builder =
                new SmallRyeConfigBuilder()
                        .addDefaultInterceptors()
                        .addDefaultSources()
                        .addDiscoveredConverters()
                        .withValidator(new Ranges())
                        .withMapping(ModelsConfig.class)
                        .withMapping(CandidatesConfig.class)
                        .withMapping(RerankConfig.class)
                        .withMapping(CascadeConfig.class)
                        .withMapping(RemoteConfig.class);
        if (Files.isRegularFile(FILE)) {
            builder.withSources(file());
        }
        return builder.build();
    }

    private static PropertiesConfigSource file() {
        try {
            return new PropertiesConfigSource(FILE.toUri().toURL(), ORDINAL_OF_FILE);
        } catch (MalformedURLException e) {
            throw new IllegalStateException("A file has a URL. This is a bug.", e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + FILE, e);
        }
    }
}
