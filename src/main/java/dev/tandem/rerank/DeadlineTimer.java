package dev.tandem.rerank;

import dev.tandem.model.Deadline;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells when deadlines pass, on a thread that does nothing else. */
public final class DeadlineTimer implements AutoCloseable {

    private final ScheduledExecutorService timer;

    /**
     * @param timer closed with this
     */
    public DeadlineTimer(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** A timer with a thread of its own. */
    public static DeadlineTimer start() {
        var timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("deadlines").factory());
        timer.setRemoveOnCancelPolicy(true);
        return new DeadlineTimer(timer);
    }

    /** Ends when the deadline has passed, with {@code true}. */
    public Uni<Boolean> at(Deadline deadline) {
        return Uni.createFrom().emitter(emitter -> new Alarm(deadline, emitter).set());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private final class Alarm {
        private final Deadline deadline;
        private final UniEmitter<? super Boolean> emitter;
        private volatile @Nullable Future<?> pending;
        private volatile boolean ended;

        Alarm(Deadline deadline, UniEmitter<? super Boolean> emitter) {
            this.deadline = deadline;
            this.emitter = emitter;
            emitter.onTermination(this::end);
        }

        void set() {
            long nanos = Math.max(0, deadline.remaining().toNanos());
            pending = timer.schedule(this::ring, nanos, TimeUnit.NANOSECONDS);
        }

        private void ring() {
            // The deadline has a clock of its own, which may be behind.
            if (deadline.expired()) {
                emitter.complete(true);
            } else if (!ended) {
                set();
            }
        }

        private void end() {
            ended = true;
            Future<?> its = pending;
            if (its != null) {
                its.cancel(false);
            }
        }
    }
}
