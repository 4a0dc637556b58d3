package dev.tandem.retrieval;

import dev.tandem.onnx.ModelsConfig;
import dev.tandem.rerank.CascadeConfig;
import dev.tandem.rerank.DeviceChoice;
import dev.tandem.rerank.RerankConfig;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Models that are loaded while the framework starts in a JVM: that takes as long as loading them,
 * and one core only. What the framework will be configured with is read beforehand, from the
 * environment and system properties; if it turns out to be configured otherwise, these models are
 * closed and nothing is lost but the head start.
 */
public final class EarlyModels {

    private static final Logger LOG = Logger.getLogger(EarlyModels.class);

    private static @Nullable EarlyModels begun;

    /** Times are measured when the framework has started. */
    private final CountDownLatch quiet = new CountDownLatch(1);

    private final CompletableFuture<Loaded> loading;

    /** What decides which models these are. */
    private record Choice(
            Path dir,
            String biEncoder,
            String crossEncoder,
            DeviceChoice device,
            boolean fallback,
            Optional<String> small,
            double share) {

        static Choice of(ModelsConfig models, RerankConfig rerank, CascadeConfig cascade) {
            return new Choice(
                    models.dir(),
                    models.biEncoder(),
                    models.crossEncoder(),
                    rerank.device(),
                    rerank.gpuFallback(),
                    cascade.model(),
                    cascade.share());
        }
    }

    private record Loaded(Choice choice, Models models) {}

    private EarlyModels() {
        loading = CompletableFuture.supplyAsync(this::load, EarlyModels::startThread);
    }

    /** Begins to load, and returns. */
    public static synchronized void begin() {
        if (begun == null) {
            begun = new EarlyModels();
        }
    }

    /**
     * Hands over what was begun, when it is loaded.
     *
     * @return empty if nothing was, if it is not what the configuration says, or if it failed:
     *     opening the models says then why
     */
    public static synchronized Optional<Models> take(
            ModelsConfig models, RerankConfig rerank, CascadeConfig cascade) {
        EarlyModels early = begun;
        begun = null;
        return early == null ? Optional.empty() : early.take(Choice.of(models, rerank, cascade));
    }

    private Optional<Models> take(Choice choice) {
        quiet.countDown();
        try {
            Loaded loaded = loading.join();
            if (loaded.choice().equals(choice)) {
                return Optional.of(loaded.models());
            }
            LOG.infof(
                    "Models are loaded again: configured are %s, not %s", choice, loaded.choice());
            loaded.models().close();
        } catch (CompletionException e) {
            LOG.debug("Models could not be loaded early", e);
        }
        return Optional.empty();
    }

    private Loaded load() {
        SmallRyeConfig config =
                new SmallRyeConfigBuilder()
                        .addDefaultInterceptors()
                        .addDefaultSources()
                        .addDiscoveredConverters()
                        .withMapping(ModelsConfig.class)
                        .withMapping(RerankConfig.class)
                        .withMapping(CascadeConfig.class)
                        .build();
        var models = config.getConfigMapping(ModelsConfig.class);
        var rerank = config.getConfigMapping(RerankConfig.class);
        var cascade = config.getConfigMapping(CascadeConfig.class);
        return new Loaded(
                Choice.of(models, rerank, cascade),
                Models.open(models, rerank, cascade, this::awaitQuiet));
    }

    private void awaitQuiet() {
        try {
            quiet.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A thread with the caller's class loader, by which the tokenizer finds its native library. */
    private static void startThread(Runnable task) {
        Thread.ofPlatform().daemon().name("models-load").start(task);
    }
}
