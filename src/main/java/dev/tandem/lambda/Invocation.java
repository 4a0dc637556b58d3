package dev.tandem.lambda;

import dev.tandem.model.Deadline;
import io.quarkus.funqy.lambda.FunqyLambdaBindingRecorder;
import io.quarkus.funqy.runtime.ApplicationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * What the platform says of the invocation under way. A function's environment has one at a time,
 * and Funqy hands the function nothing of it.
 */
final class Invocation {

    /** By the name that it has in Quarkus' own logs on Lambda. */
    private static final String ID_IN_LOGS = "AWSRequestId";

    private static final Clock CLOCK = Clock.systemUTC();

    private static volatile @Nullable Instant end;
    private static volatile @Nullable String requestId;

    private Invocation() {}

    /**
     * Hands an invocation to the function, and waits for its answer.
     *
     * @param id by which the platform knows it
     * @param ends when the platform ends it; null if that is not known
     * @throws RuntimeException that the caller is to see, for an invocation that failed
     */
    static void answer(String id, @Nullable Instant ends, InputStream event, OutputStream answer)
            throws IOException {
        begin(id, ends);
        MDC.put(ID_IN_LOGS, id);
        try {
            FunqyLambdaBindingRecorder.handle(event, answer, null);
        } catch (ApplicationException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            MDC.remove(ID_IN_LOGS);
        }
    }

    /**
     * @param id by which the platform knows it; null if that is not known
     * @param ends when the platform ends it; null if that is not known
     */
    static void begin(@Nullable String id, @Nullable Instant ends) {
        requestId = id;
        end = ends;
    }

    /** When an invocation ends that is given so much more time. */
    static Instant endAfter(Duration remaining) {
        return CLOCK.instant().plus(remaining);
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
