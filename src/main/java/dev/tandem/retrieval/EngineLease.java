package dev.tandem.retrieval;

import java.util.concurrent.atomic.AtomicBoolean;

/** The right to use an engine, which stays open until this is closed. */
public final class EngineLease implements AutoCloseable {

    private final ServedEngine served;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param served its count of users includes this one
     */
    EngineLease(ServedEngine served) {
        this.served = served;
    }

    public SearchEngine engine() {
        return served.engine();
    }

    /** One more lease on the same engine. This one must be open. */
    EngineLease again() {
        if (closed.get() || !served.tryUse()) {
            throw new IllegalStateException("A closed lease was used again. This is a bug.");
        }
        return new EngineLease(served);
    }

    /** Closing it again does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            served.release();
        }
    }
}
