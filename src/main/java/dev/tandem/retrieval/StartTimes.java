package dev.tandem.retrieval;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What the start took, from the process' own beginning on. */
@ApplicationScoped
public class StartTimes {

    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final Path STAT = Path.of("/proc/self/stat");

    /** Linux counts the start of a process in these, hundredths of a second. */
    private static final double TICKS_A_SECOND = 100;

    /** Of the start in what follows the command in {@code /proc/self/stat}. */
    private static final int START_FIELD = 20;

    private static final double NANOS_A_SECOND = 1e9;

    private volatile String told = "";

    /**
     * Told when calls can be answered.
     *
     * @param began when models began to be loaded, or to be waited for if they were before, by
     *     {@link System#nanoTime()}
     * @param loaded when they were
     */
    public void ready(long began, long loaded, Models models) {
        long now = System.nanoTime();
        String framework =
                age().map(age -> "framework %d ms, ".formatted(age.toMillis() - millis(began, now)))
                        .orElse("");
        told =
                "%smodels %d ms (%s), index %d ms"
                        .formatted(
                                framework,
                                millis(began, loaded),
                                models.loadTimes(),
                                millis(loaded, now));
    }

    /** For people; empty before the start. */
    @Override
    public String toString() {
        return told;
    }

    /** Of this process, to hundredths of a second; empty where that cannot be known. */
    private static Optional<Duration> age() {
        try {
            String stat = Files.readString(STAT);
            // The command before it is in parentheses and may hold anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            double started = Long.parseLong(fields[START_FIELD - 1]) / TICKS_A_SECOND;
            double up = Double.parseDouble(Files.readString(UPTIME).split(" ", -1)[0]);
            return Optional.of(Duration.ofNanos((long) ((up - started) * NANOS_A_SECOND)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static long millis(long from, long to) {
        return Duration.ofNanos(to - from).toMillis();
    }
}
