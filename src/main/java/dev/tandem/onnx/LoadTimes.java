package dev.tandem.onnx;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What loading a model took, part by part. Thread-safe. */
public final class LoadTimes {

    private final Map<String, Duration> parts = new LinkedHashMap<>();

    /** Does a part, and keeps how long it took, also if it fails. */
    public <T> T timed(String part, Supplier<T> work) {
        long start = System.nanoTime();
        try {
            return work.get();
        } finally {
            add(part, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** As {@link #timed}, of a part that gives nothing. */
    public void run(String part, Runnable work) {
        var _ =
                timed(
                        part,
                        () -> {
                            work.run();
                            return true;
                        });
    }

    private synchronized void add(String part, Duration took) {
        parts.merge(part, took, Duration::plus);
    }

    /** Such as {@code graph 52 ms, tokenizer 31 ms}. */
    @Override
    public synchronized String toString() {
        return parts.entrySet().stream()
                .map(part -> part.getKey() + " " + part.getValue().toMillis() + " ms")
                .collect(Collectors.joining(", "));
    }
}
