package dev.tandem.retrieval;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** What the start took, from the process' own beginning on. */
@ApplicationScoped
public class StartTimes {

    private static final Clock CLOCK = Clock.systemUTC();

    private volatile String told = "";

    /**
     * @param began when models began to be loaded
     * @param loaded when they were
     */
    public void ready(Instant began, Instant loaded, Models models) {
        Instant ready = now();
        Instant process = ProcessHandle.current().info().startInstant().orElse(began);
        told =
                "%d ms: framework %d ms, models %d ms (%s), index %d ms"
                        .formatted(
                                millis(process, ready),
                                millis(process, began),
                                millis(began, loaded),
                                models.loadTimes(),
                                millis(loaded, ready));
    }

    /** For people; empty before the start. */
    @Override
    public String toString() {
        return told;
    }

    public static Instant now() {
        return CLOCK.instant();
    }

    private static long millis(Instant from, Instant to) {
        return Duration.between(from, to).toMillis();
    }
}
