package dev.tandem.retrieval;

import dev.tandem.index.LeasedGeneration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * An engine, the lease of its generation, and the number of those who use them. When the last one
 * lets go, both are closed, once, on a thread of their own: the last one is often a thread of the
 * engine, which cannot wait for its own end.
 */
final class ServedEngine {

    private static final Logger LOG = Logger.getLogger(ServedEngine.class);

    private final SearchEngine engine;
    private final LeasedGeneration generation;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /** Never rises again from 0. The first user is who serves it. */
    private final AtomicInteger users = new AtomicInteger(1);

    ServedEngine(SearchEngine engine, LeasedGeneration generation) {
        this.engine = engine;
        this.generation = generation;
    }

    SearchEngine engine() {
        return engine;
    }

    /** Whether its generation may be pruned, see {@link LeasedGeneration#isLost}. */
    boolean hasLostItsLease() {
        return generation.isLost();
    }

    /** Ends when engine and lease are closed. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    /** Counts one more user; false if there is none left, so that it is or will be closed. */
    boolean tryUse() {
        return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /** Counts one user less. */
    void release() {
        if (users.decrementAndGet() == 0) {
            Thread.ofPlatform().daemon().name("engine-close").start(this::close);
        }
    }

    private void close() {
        try (generation) {
            engine.close();
            LOG.debugf("Closed generation %s", engine.generationId());
        } catch (RuntimeException e) {
            LOG.errorf(e, "Generation %s was not closed cleanly", engine.generationId());
        } finally {
            closed.complete(null);
        }
    }
}
