package dev.tandem.retrieval;

import dev.tandem.index.LeasedGeneration;
import dev.tandem.model.ModelException;
import dev.tandem.model.StorageFailure;
import dev.tandem.model.UnavailableException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The engine that serves. Another one can take its place at any time: each call ends on the engine
 * that it began on, which is closed when its last call has ended.
 */
@ApplicationScoped
public class LiveEngine implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(LiveEngine.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<StorageFailure, Long> failures = new ConcurrentHashMap<>();
    private final Set<ServedEngine> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable ServedEngine serving;
    private volatile @Nullable Models models;
    private volatile @Nullable ModelException refusal;
    private boolean closed;

    /**
     * Serves with this engine from now on. It and its lease are closed when it is replaced and its
     * last call has ended; the models are closed at the end of all.
     */
    public void serve(SearchEngine opened, LeasedGeneration leased, Models itsModels) {
        var next = new ServedEngine(opened, leased);
        opened.health().countInto(met -> failures.merge(met, 1L, Long::sum));
        open.add(next);
        var _ = next.closed().whenComplete((_, _) -> open.remove(next));
        models = itsModels;
        ServedEngine old = replace(next);
        if (old != null) {
            old.release();
        }
    }

    /**
     * The engine to answer with; close the lease when the answer is there.
     *
     * @throws UnavailableException before an engine is open
     * @throws ModelException if the models were found not to be what they should be
     */
    public EngineLease acquire() {
        ModelException reason = refusal;
        if (reason != null) {
            throw reason;
        }
        for (ServedEngine now = serving; now != null; now = serving) {
            // Replaced and closed between the two looks: there is a new one.
            if (now.tryUse()) {
                return new EngineLease(now);
            }
        }
        throw new UnavailableException(
                "The index is being opened. Try again in some seconds.", null);
    }

    /**
     * Begins work on the engine, on the calling thread. The engine stays open until the answer is
     * there, has failed or is cancelled, so the answer must be subscribed to, and once.
     *
     * @throws UnavailableException before an engine is open
     */
    public <T> Uni<T> call(Function<SearchEngine, Uni<T>> work) {
        EngineLease lease = acquire();
        boolean begun = false;
        try {
            Uni<T> answer = work.apply(lease.engine());
            begun = true;
            return releasing(lease, answer);
        } finally {
            if (!begun) {
                lease.close();
            }
        }
    }

    public boolean isReady() {
        return serving != null && refusal == null;
    }

    /** Answers nothing any more: what its models compute is worth nothing. */
    public void refuse(ModelException reason) {
        refusal = reason;
    }

    /** Why nothing is answered any more; empty if that is not so. */
    public Optional<ModelException> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** Id of the served generation; empty before an engine is open. */
    public Optional<String> generationId() {
        return Optional.ofNullable(serving).map(now -> now.engine().generationId());
    }

    /** What the cross-encoder runs on; empty before an engine is open. */
    public Optional<String> device() {
        return Optional.ofNullable(serving).map(now -> now.engine().device());
    }

    /** When the served generation was made; empty before an engine is open. */
    public Optional<Instant> created() {
        return Optional.ofNullable(serving)
                .map(now -> Instant.parse(now.engine().generation().manifest().created()));
    }

    /**
     * Why calls do not get from the storage what they need; empty if they do, as far as is known.
     */
    public Optional<StorageFailure> failing() {
        return Optional.ofNullable(serving).flatMap(now -> now.engine().health().failing());
    }

    /** How often calls and probes met a failure, on all engines. */
    public long failures(StorageFailure kind) {
        return failures.getOrDefault(kind, 0L);
    }

    /** Reads that still run although their answers were given without them, of all engines. */
    public int abandoned() {
        return open.stream().mapToInt(now -> now.engine().health().abandoned()).sum();
    }

    /** Whether the served generation may be pruned, because its lease is gone. */
    boolean hasLostItsLease() {
        ServedEngine now = serving;
        return now != null && now.hasLostItsLease();
    }

    /** Engines that are not closed: the served one, and old ones whose last calls still run. */
    public int openEngines() {
        return open.size();
    }

    /** Waits for the calls that run, for some seconds, and closes all. Again, it does nothing. */
    @Override
    @PreDestroy
    public void close() {
        Models loaded;
        synchronized (this) {
            closed = true;
            loaded = models;
            models = null;
        }
        ServedEngine last = replace(null);
        if (last != null) {
            last.release();
        }
        if (loaded != null && awaitClosed()) {
            loaded.close();
        }
    }

    /**
     * @return who served until now; after the end the new one itself, which nobody will use
     */
    private synchronized @Nullable ServedEngine replace(@Nullable ServedEngine next) {
        if (closed && next != null) {
            return next;
        }
        ServedEngine old = serving;
        serving = next;
        return old;
    }

    private static <T> Uni<T> releasing(EngineLease lease, Uni<T> answer) {
        return Uni.createFrom()
                .emitter(
                        emitter -> {
                            // The thread that subscribes does a part of the work at times, while
                            // another one may cancel: so it holds a lease of its own.
                            try (var _ = lease.again()) {
                                var running =
                                        answer.onTermination()
                                                .invoke(lease::close)
                                                .subscribe()
                                                .with(emitter::complete, emitter::fail);
                                emitter.onTermination(running::cancel);
                            }
                        });
    }

    private boolean awaitClosed() {
        var all = open.stream().map(ServedEngine::closed).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(all).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            LOG.warnf("Calls still run after %s: their models stay open", PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
