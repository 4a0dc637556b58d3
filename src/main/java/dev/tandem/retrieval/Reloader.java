package dev.tandem.retrieval;

import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.index.IndexConfig;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.LeasedGeneration;
import dev.tandem.model.CacheUse;
import dev.tandem.model.IndexException;
import dev.tandem.model.RemoteUse;
import dev.tandem.model.UnavailableException;
import dev.tandem.rerank.CacheConfig;
import dev.tandem.rerank.RemoteReranker;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.rerank.ScoreCache;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Opens the generation that CURRENT names, at start and whenever that changes, away from the calls.
 * A generation that does not open is told of and counted, and the old one goes on serving.
 */
@ApplicationScoped
public class Reloader implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Reloader.class);
    private static final int MOST_ATTEMPTS = 5;

    /** A generation that does not open is tried again after 1, 2, 4 and at most 64 intervals. */
    private static final int MOST_DOUBLINGS = 6;

    /** Stands for the generation's id where CURRENT itself cannot be read. */
    private static final String UNKNOWN = "?";

    private final LiveEngine live;
    private final IndexConfig config;
    private final CandidatesConfig candidates;
    private final RerankConfig rerank;
    private final CacheConfig cacheConfig;
    private final IndexFolder folder;
    private final ScheduledExecutorService watch;
    private final AtomicLong swaps = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile @Nullable Models models;
    private volatile ScoreCache scoreCache = ScoreCache.NONE;
    private volatile @Nullable Failure failure;
    private volatile @Nullable StorageWatch storage;
    private volatile Instant looked = Instant.MIN;

    /**
     * @param id of the generation that did not open
     * @param times how often in a row
     */
    private record Failure(String id, int times, Instant since) {}

    public Reloader(
            LiveEngine live,
            IndexConfig config,
            CandidatesConfig candidates,
            RerankConfig rerank,
            CacheConfig cacheConfig) {
        this.live = live;
        this.config = config;
        this.candidates = candidates;
        this.rerank = rerank;
        this.cacheConfig = cacheConfig;
        folder = new IndexFolder(config.dir());
        watch =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("index-watch").factory());
    }

    /**
     * Opens the index and serves it, then looks for new generations.
     *
     * @param loaded stay open until the live engine closes them
     * @throws IndexException if the index is missing, damaged, or made by another bi-encoder
     */
    public synchronized SearchEngine start(Models loaded) {
        models = loaded;
        scoreCache = ScoreCache.open(cacheConfig, loaded.crossEncoder().numerics().fingerprint());
        SearchEngine opened = open(loaded);
        looked = now();
        storage = StorageWatch.start(live, this::reopen);
        if (config.poll().isPositive()) {
            long nanos = config.poll().toNanos();
            var _ = watch.scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
        }
        return opened;
    }

    /**
     * Looks at CURRENT now, and serves what it names.
     *
     * @throws IndexException if that does not open; the old generation goes on serving
     * @throws UnavailableException before the start
     */
    public synchronized Reload reload() {
        Models loaded = models;
        if (loaded == null) {
            throw new UnavailableException("The server starts. Try again in some seconds.", null);
        }
        looked = now();
        String id = UNKNOWN;
        try {
            id = folder.currentId();
            boolean swapped = !isServed(id);
            Reload reload = new Reload(swapped ? swap(loaded) : id, swapped);
            failure = null;
            return reload;
        } catch (RuntimeException | Error e) {
            failed(id, e);
            throw e;
        }
    }

    /** Whether it is, with its files in their place and a lease against a prune. */
    private boolean isServed(String id) {
        if (!live.generationId().equals(Optional.of(id))) {
            return false;
        }
        folder.checkThere(id);
        return !live.hasLostItsLease();
    }

    /** Opens what CURRENT names although it may be what serves: the open files are of no use. */
    private synchronized void reopen() {
        Models loaded = models;
        String id = UNKNOWN;
        try {
            id = folder.currentId();
            if (loaded != null && live.failing().isPresent()) {
                swap(loaded);
                failure = null;
            }
        } catch (RuntimeException | Error e) {
            failed(id, e);
            throw e;
        }
    }

    /**
     * Has CURRENT looked at if the interval has passed, and the storage if it failed; returns at
     * once. For hosts that freeze the process between calls, and with it the threads that look.
     */
    public void lookIfDue() {
        StorageWatch its = storage;
        if (its != null && live.failing().isPresent()) {
            its.lookSoon();
        }
        if (config.poll().isPositive() && isPast(looked, config.poll()) && !watch.isShutdown()) {
            looked = now();
            watch.execute(this::look);
        }
    }

    /** What is wrong with the generation that should serve; empty if it does serve. */
    public Optional<String> degraded() {
        return Optional.ofNullable(failure).map(this::note);
    }

    private String note(Failure failed) {
        String served = live.generationId().orElse("none");
        String note =
                served.equals(failed.id())
                        ? "Generation %s is not whole in its place any more; it is served from the files that are open. The server's log says more."
                        : "Generation %s does not open, so %s goes on serving. The server's log says why.";
        return note.formatted(failed.id(), served);
    }

    /** What the score cache did and holds, over all generations. */
    public CacheUse cacheUse() {
        return scoreCache.use();
    }

    /** What the remote reranker did and how it is, over all generations. */
    public RemoteUse remoteUse() {
        Models loaded = models;
        RemoteReranker remote = loaded == null ? null : loaded.remote();
        return remote == null ? RemoteUse.OFF : remote.use();
    }

    /** How often another generation took the place of the served one. */
    public long swaps() {
        return swaps.get();
    }

    /** How often a generation did not open. */
    public long failures() {
        return failures.get();
    }

    /** Looks no more, and keeps no more scores. What serves goes on serving. */
    @Override
    @PreDestroy
    public void close() {
        watch.shutdown();
        StorageWatch its = storage;
        if (its != null) {
            its.close();
        }
        scoreCache.close();
    }

    /** Never throws: whatever it met, the next look may meet something better. */
    private void look() {
        try {
            if (!isToWait()) {
                reload();
            }
        } catch (IndexException e) {
            LOG.debugf(e, "Looked at the index in vain");
        } catch (Throwable e) {
            LOG.debugf(e, "Looked at the index in vain. This is a bug.");
        }
    }

    private boolean isToWait() {
        Failure failed = failure;
        if (failed == null || !failed.id().equals(folder.currentId())) {
            return false;
        }
        int doublings = Math.min(failed.times() - 1, MOST_DOUBLINGS);
        return !isPast(failed.since(), config.poll().multipliedBy(1L << doublings));
    }

    private String swap(Models loaded) {
        String old = live.generationId().orElse("none");
        // What a search cannot read is not to take the place of what serves.
        SearchEngine opened = open(loaded, SearchEngine::probeSearch);
        swaps.incrementAndGet();
        LOG.infof(
                "Serving %d passages of generation %s, no more of %s",
                opened.passages(), opened.generationId(), old);
        return opened.generationId();
    }

    private void failed(String id, Throwable e) {
        Failure before = failure;
        boolean again = before != null && before.id().equals(id);
        failure = new Failure(id, again && before != null ? before.times() + 1 : 1, now());
        // Last: who sees it counted finds what failed.
        failures.incrementAndGet();
        if (!again) {
            LOG.errorf(
                    e,
                    "Generation %s does not open, so %s goes on serving: %s",
                    id,
                    live.generationId().orElse("none"),
                    e.getMessage());
        }
    }

    /** Opens what CURRENT names, and again if that was replaced and pruned meanwhile. */
    private SearchEngine open(Models loaded) {
        return open(loaded, _ -> {});
    }

    /**
     * @param check throws if the engine is not to serve
     */
    private SearchEngine open(Models loaded, Consumer<SearchEngine> check) {
        for (int attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
            LeasedGeneration leased = folder.lease(config.verify());
            try {
                return serve(loaded, leased, check);
            } catch (IndexException e) {
                if (folder.currentId().equals(leased.generation().id())) {
                    throw e;
                }
            }
        }
        return serve(loaded, folder.lease(config.verify()), check);
    }

    private SearchEngine serve(
            Models loaded, LeasedGeneration leased, Consumer<SearchEngine> check) {
        SearchEngine engine = null;
        boolean served = false;
        try {
            engine =
                    SearchEngine.open(
                            loaded,
                            leased.generation(),
                            new EngineSettings(candidates, rerank, config.memory(), scoreCache));
            check.accept(engine);
            live.serve(engine, leased, loaded);
            served = true;
            return engine;
        } finally {
            if (!served) {
                close(engine, leased);
            }
        }
    }

    private static void close(@Nullable SearchEngine engine, LeasedGeneration leased) {
        try (leased) {
            if (engine != null) {
                engine.close();
            }
        }
    }

    /** A clock on the wall: the monotonic one of a host that was frozen may have stood still. */
    Instant now() {
        return Clock.systemUTC().instant();
    }

    /** Also past if the clock was set back by more than the interval. */
    private boolean isPast(Instant since, Duration interval) {
        return Duration.between(since, now()).abs().compareTo(interval) >= 0;
    }
}
