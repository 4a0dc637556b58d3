package dev.tandem.onnx;

import ai.onnxruntime.OrtSession.RunOptions;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls into ONNX Runtime, and their end when the process is told to end. Its library is taken down
 * then, and a thread that still computes in it would end the process in a crash.
 */
public final class OnnxCalls {

    /** Loading a graph cannot be stopped; it does not take longer. */
    private static final int PATIENCE_MILLIS = 5_000;

    private static final StopSignal EXIT = new StopSignal();

    private OnnxCalls() {}

    /**
     * From here on the end of this process stops what runs, waits for it, and lets nothing begin:
     * threads that want to stand still. For commands; a server answers first what it was asked.
     */
    public static void stopAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(OnnxCalls::stop, "onnx-stop"));
    }

    /** Begins a call. {@link #end} ends it, with the same options. */
    static void begin(RunOptions options) {
        try {
            EXIT.begin(options);
        } catch (RunStoppedException _) {
            standStill();
        }
    }

    static void end(RunOptions options) {
        EXIT.end(options);
        if (EXIT.stopped()) {
            standStill(); // nobody wants to read that a run was stopped
        }
    }

    private static void stop() {
        EXIT.stop();
        EXIT.awaitEnd(PATIENCE_MILLIS);
    }

    private static void standStill() {
        while (true) {
            LockSupport.park(EXIT);
        }
    }
}
