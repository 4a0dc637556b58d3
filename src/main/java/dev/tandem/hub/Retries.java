package dev.tandem.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Tries what may go well next time. */
final class Retries {

    /** In a row that gained too little. */
    private static final int TRIES = 4;

    /** Bytes; with less a try has not got on, or one that trickles would go on for ever. */
    private static final long WORTHWHILE = 1 << 20;

    /** A hub that asks for more is not waited for. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final Duration firstPause;
    private final PullProgress progress;

    /**
     * @param firstPause after the first failure; twice as long after each further one
     */
    Retries(Duration firstPause, PullProgress progress) {
        this.firstPause = firstPause;
        this.progress = progress;
    }

    /** What is tried. */
    @FunctionalInterface
    interface Try<T> {
        T run() throws IOException;
    }

    /**
     * @param gained grows when a try got on, although it failed
     * @throws IOException the last failure, or the first that will not pass
     */
    <T> T run(Try<T> work, LongSupplier gained) throws IOException {
        int failures = 0;
        while (true) {
            long before = gained.getAsLong();
            try {
                return work.run();
            } catch (IOException e) {
                failures = gained.getAsLong() - before >= WORTHWHILE ? 1 : failures + 1;
                Duration pause = pause(failures, e);
                if (failures >= TRIES || !mayPass(e) || pause.compareTo(LONGEST_WAIT) > 0) {
                    throw e;
                }
                progress.says(
                        "%s: tried again in %.1f s".formatted(HubErrors.reason(e), seconds(pause)));
                sleep(pause);
            }
        }
    }

    /** A file that cannot be written is not the hub's fault. */
    private static boolean mayPass(IOException e) {
        if (e instanceof HubAnswerException answer) {
            return answer.isPassing();
        }
        return !(e instanceof FileSystemException
                || e instanceof InterruptedIOException
                || DiskFull.is(e));
    }

    private Duration pause(int failures, IOException e) {
        Duration own = firstPause.multipliedBy(1L << (failures - 1));
        Duration asked = e instanceof HubAnswerException its ? its.retryAfter() : Duration.ZERO;
        return asked.compareTo(own) > 0 ? asked : own;
    }

    private static double seconds(Duration pause) {
        return pause.toMillis() / 1e3;
    }

    private static void sleep(Duration pause) throws InterruptedIOException {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
