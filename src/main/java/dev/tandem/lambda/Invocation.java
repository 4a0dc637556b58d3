package dev.tandem.lambda;

import dev.tandem.model.Deadline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the platform says of the invocation under way. A function's environment has one at a time,
 * and Funqy hands the function nothing of it.
 */
final class Invocation {

    private static final Clock CLOCK = Clock.systemUTC();

    private static volatile @Nullable Instant end;
    private static volatile @Nullable String requestId;

    private Invocation() {}

    /**
     * @param id by which the platform knows it; null if that is not known
     * @param ends when the platform ends it; null if that is not known
     */
    static void begin(@Nullable String id, @Nullable Instant ends) {
        requestId = id;
        end = ends;
    }

    /** Begins one that the platform ends after some time. */
    static void beginFor(String id, Duration remaining) {
        begin(id, CLOCK.instant().plus(remaining));
    }

    /** By which the platform knows it; null if that is not known. */
    static @Nullable String requestId() {
        return requestId;
    }

    /** When the platform ends it; null if that is not known. */
    static @Nullable Deadline deadline() {
        Instant known = end;
        return known == null ? null : Deadline.after(Duration.between(CLOCK.instant(), known));
    }
}
