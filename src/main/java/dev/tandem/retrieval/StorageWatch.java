package dev.tandem.retrieval;

import dev.tandem.model.IndexException;
import dev.tandem.model.StorageFailure;
import dev.tandem.model.UnavailableException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks once a second whether the served engine gets what it asks of the storage. If it does not,
 * searches are tried until one goes well, and the index is opened anew. The thread that looks never
 * touches the storage: what does may hang, and has threads of its own.
 */
final class StorageWatch implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(StorageWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** The index is opened anew after 2, 4 and each 8 looks; a probe may do before. */
    private static final int FIRST_REOPENING = 2;

    private static final int MOST_LOOKS = 8;

    private final LiveEngine live;
    private final Runnable reopen;
    private final ScheduledExecutorService looks;
    private final ExecutorService reads;
    private final AtomicBoolean reopening = new AtomicBoolean();
    private @Nullable StorageFailure told;
    private int looksUntilReopening = FIRST_REOPENING;
    private int looksSinceReopening;

    private StorageWatch(LiveEngine live, Runnable reopen) {
        this.live = live;
        this.reopen = reopen;
        var daemon = Thread.ofPlatform().daemon();
        looks = Executors.newSingleThreadScheduledExecutor(daemon.name("storage-watch").factory());
        reads = Executors.newCachedThreadPool(daemon.name("storage-probe-", 0).factory());
    }

    /**
     * @param reopen opens the index anew and serves it; throws if that does not go well
     */
    static StorageWatch start(LiveEngine live, Runnable reopen) {
        var watch = new StorageWatch(live, reopen);
        long nanos = INTERVAL.toNanos();
        var _ = watch.looks.scheduleWithFixedDelay(watch::look, nanos, nanos, TimeUnit.NANOSECONDS);
        return watch;
    }

    /** Looks now, beside the caller. */
    void lookSoon() {
        if (!looks.isShutdown()) {
            looks.execute(this::look);
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
        reads.shutdown();
    }

    /** Never throws: it would be the last look. */
    private void look() {
        try (var lease = live.acquire()) {
            var health = lease.engine().health();
            health.countHanging();
            tell(health.failing().orElse(null));
            if (!health.isProbed()) {
                probe(lease.again(), health);
            }
            if (health.failing().isPresent()) {
                reopenIfDue();
            } else {
                looksUntilReopening = FIRST_REOPENING;
                looksSinceReopening = 0;
            }
        } catch (UnavailableException e) {
            LOG.debugf("Nothing serves, so nothing is watched");
        } catch (RuntimeException e) {
            LOG.errorf(e, "The storage was not looked at. This is a bug.");
        }
    }

    private void tell(@Nullable StorageFailure failing) {
        if (failing == told) {
            return;
        }
        told = failing;
        if (failing == null) {
            LOG.infof("The storage of generation %s can be read", live.generationId().orElse("?"));
        } else {
            LOG.errorf(
                    "The storage of generation %s cannot be read (%s): not ready until it can, or the"
                            + " index can be opened anew",
                    live.generationId().orElse("?"), failing.label());
        }
    }

    /** On a thread that may hang; the next one begins when it has ended, or with another engine. */
    private void probe(EngineLease lease, StorageHealth health) {
        var probe = health.beginProbe();
        reads.execute(
                () -> {
                    try (lease;
                            probe) {
                        probe(lease.engine());
                    }
                });
    }

    private static void probe(SearchEngine engine) {
        var health = engine.health();
        try {
            if (health.isBroken()) {
                engine.probeSearch();
                health.mended();
            } else {
                engine.probe();
            }
        } catch (IndexException e) {
            LOG.debugf(e, "A probe of generation %s failed", engine.generationId());
            health.probeFailed(e.failure());
        }
    }

    private void reopenIfDue() {
        looksSinceReopening++;
        if (looksSinceReopening < looksUntilReopening || !reopening.compareAndSet(false, true)) {
            return;
        }
        looksSinceReopening = 0;
        looksUntilReopening = Math.min(MOST_LOOKS, looksUntilReopening * 2);
        reads.execute(
                () -> {
                    try {
                        reopen.run();
                    } catch (RuntimeException e) {
                        LOG.debugf(e, "The index was opened anew in vain");
                    } finally {
                        reopening.set(false);
                    }
                });
    }
}
