package dev.tandem.onnx;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Ends the runs that were begun with it, and lets no other begin. Thread-safe. */
public final class StopSignal {

    private final Set<RunOptions> running = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean stopped;

    /** Returns at once; a run ends within the operator of the graph that it is at. */
    public synchronized void stop() {
        stopped = true;
        for (RunOptions options : running) {
            terminate(options);
        }
    }

    public synchronized boolean stopped() {
        return stopped;
    }

    /**
     * @throws RunStoppedException if it was given already
     */
    synchronized void begin(RunOptions options) {
        if (stopped) {
            throw new RunStoppedException();
        }
        running.add(options);
    }

    /** From here on the options may be closed: nobody terminates them any more. */
    synchronized void end(RunOptions options) {
        running.remove(options);
        notifyAll();
    }

    /** Waits until none runs any more, but no longer than so many milliseconds. */
    synchronized void awaitEnd(long millis) {
        long end = System.nanoTime() + MILLISECONDS.toNanos(millis);
        try {
            for (long left = millis; left > 0 && !running.isEmpty(); ) {
                wait(left);
                left = NANOSECONDS.toMillis(end - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void terminate(RunOptions options) {
        try {
            options.setTerminate(true);
        } catch (OrtException e) {
            throw new IllegalStateException("A flag cannot be set. This is a bug.", e);
        }
    }
}
