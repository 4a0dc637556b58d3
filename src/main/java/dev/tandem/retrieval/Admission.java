package dev.tandem.retrieval;

import dev.tandem.model.OverloadedException;
import dev.tandem.rerank.Once;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Lets a bounded number of requests in at a time. Those that are in share the cores, a run of the
 * cross-encoder each in turn; one more is refused at once, since waiting would only spend its
 * budget. Thread-safe.
 */
public final class Admission {

    private final int most;
    private final AtomicInteger inside = new AtomicInteger();

    /**
     * @param most requests at a time, at least 1
     */
    public Admission(int most) {
        this.most = most;
    }

    /**
     * Begins work on the calling thread. It counts until it has ended, failed or is cancelled, so
     * it must be subscribed to, and once.
     *
     * @throws OverloadedException if there are as many as may be
     */
    public <T> Uni<T> admit(Supplier<Uni<T>> work) {
        if (inside.getAndUpdate(count -> count < most ? count + 1 : count) == most) {
            throw new OverloadedException(
                    "%d requests are being answered, and tandem.search.max-in-flight lets no more in. Try again in a moment."
                            .formatted(most));
        }
        boolean begun = false;
        try {
            Uni<T> answer = work.get().onTermination().invoke(new Once(inside::decrementAndGet));
            begun = true;
            return answer;
        } finally {
            if (!begun) {
                inside.decrementAndGet();
            }
        }
    }

    /** Requests that are in. */
    public int inside() {
        return inside.get();
    }
}
