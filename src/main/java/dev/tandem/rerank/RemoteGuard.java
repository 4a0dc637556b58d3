package dev.tandem.rerank;

import dev.tandem.rerank.RemoteException.Kind;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * Bounds what a remote that fails can cost: the time of a call, the calls in flight, and how often
 * one is tried that is dead. What it rejects costs nothing. Thread-safe.
 */
final class RemoteGuard {

    /** Calls that are looked at to tell whether it is dead. */
    private static final int WINDOW = 20;

    /** One in five that stalls is no reason yet: the others are worth their while. */
    private static final double FAILURES = 0.6;

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final TypedGuard<CompletionStage<float[]>> guard;
    private volatile CircuitBreakerState state = CircuitBreakerState.CLOSED;

    /**
     * @param brokeOff told when calls are let through no more
     */
    RemoteGuard(Duration timeout, int mostInFlight, Runnable brokeOff) {
        guard =
                TypedGuard.create(new TypeLiteral<CompletionStage<float[]>>() {})
                        .withDescription("remote reranker")
                        .withCircuitBreaker()
                        .requestVolumeThreshold(WINDOW)
                        .failureRatio(FAILURES)
                        .successThreshold(1)
                        .delay(PAUSE.toMillis(), ChronoUnit.MILLIS)
                        .when(RemoteGuard::isFailure)
                        .onStateChange(now -> changed(now, brokeOff))
                        .done()
                        .withTimeout()
                        .duration(timeout.toMillis(), ChronoUnit.MILLIS)
                        .done()
                        .withBulkhead()
                        .limit(mostInFlight)
                        .queueSize(1)
                        .done()
                        .build();
    }

    /** Never throws; the stage may fail. */
    CompletionStage<float[]> run(Supplier<CompletionStage<float[]>> call) {
        try {
            return guard.get(call);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** 0 closed, 1 half open, 2 open. */
    int state() {
        return switch (state) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }

    boolean isClosed() {
        return state == CircuitBreakerState.CLOSED;
    }

    /** Whether the call was not made. */
    static boolean isRejection(Throwable e) {
        return e instanceof CircuitBreakerOpenException || e instanceof BulkheadException;
    }

    private static boolean isFailure(Throwable e) {
        return !isRejection(e) && !(e instanceof RemoteException its && its.kind() == Kind.LATE);
    }

    private void changed(CircuitBreakerState now, Runnable brokeOff) {
        state = now;
        if (now == CircuitBreakerState.OPEN) {
            brokeOff.run();
        }
    }
}
