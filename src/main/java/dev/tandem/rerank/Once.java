package dev.tandem.rerank;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs what it is given the first time only. For the end of a {@code Uni}, of which Mutiny tells a
 * second time if it is cancelled after its item. Thread-safe.
 */
public final class Once implements Runnable {

    private final Runnable action;
    private final AtomicBoolean done = new AtomicBoolean();

    public Once(Runnable action) {
        this.action = action;
    }

    @Override
    public void run() {
        if (done.compareAndSet(false, true)) {
            action.run();
        }
    }
}
