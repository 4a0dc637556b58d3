package dev.tandem.indexing;

import java.time.Duration;

/** When a build puts on the disk what it has done. Belongs to one thread. */
final class Checkpoint {

    /** Set by those who kill builds, to have something to resume after less time. */
    private static final String MILLIS = "dev.tandem.checkpoint.millis";

    private static final int USUAL_MILLIS = 20_000;

    private final Duration interval;
    private long last = System.nanoTime();

    Checkpoint(Duration interval) {
        this.interval = interval;
    }

    static Checkpoint usual() {
        return new Checkpoint(Duration.ofMillis(Integer.getInteger(MILLIS, USUAL_MILLIS)));
    }

    boolean isDue() {
        return System.nanoTime() - last > interval.toNanos();
    }

    /** Says that all is on the disk now. */
    void reached() {
        last = System.nanoTime();
    }
}
