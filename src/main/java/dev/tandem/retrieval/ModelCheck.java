package dev.tandem.retrieval;

import dev.tandem.model.ModelException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Compares the models' files with their cards some time after the start: reading them takes a part
 * of a second in which the first answer can be given, and damage that matters shows in the canary
 * pairs before.
 */
public final class ModelCheck {

    private static final Logger LOG = Logger.getLogger(ModelCheck.class);

    private ModelCheck() {}

    /**
     * @param after so much time
     * @param live answers nothing any more if a file is another one
     * @return done when the files were compared
     */
    public static CompletableFuture<Void> begin(Models models, LiveEngine live, Duration after) {
        var later =
                CompletableFuture.delayedExecutor(
                        after.toMillis(), TimeUnit.MILLISECONDS, ModelCheck::start);
        return CompletableFuture.runAsync(() -> check(models, live, after), later);
    }

    private static void start(Runnable check) {
        Thread.ofPlatform().daemon().name("model-check").start(check);
    }

    private static void check(Models models, LiveEngine live, Duration after) {
        try {
            models.verify();
        } catch (ModelException e) {
            if (e.getCause() instanceof IOException) {
                // The storage's fault, which may pass; the models in memory are what they were.
                LOG.warnf("Tried again in %s: %s", after, e.getMessage());
                var _ = begin(models, live, after);
                return;
            }
            LOG.fatalf("Tandem answers no more: %s", e.getMessage());
            live.refuse(e);
        }
    }
}
