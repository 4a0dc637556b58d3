package dev.tandem.candidates;

import dev.tandem.settings.NativeExecutable;

/** Which code JVector computes by. */
public final class VectorSupport {

    private static final String PROVIDER = "jvector.vectorization_provider";

    private VectorSupport() {}

    /**
     * Has a native executable take JVector's plain Java code; to be called before JVector is used.
     * JVector's SIMD is a library that it calls for each single score, and there a call costs more
     * than some hundred plain operations (ADR 26). In a JVM, and if something was chosen by the
     * property, nothing is changed.
     */
    public static void choose() {
        if (NativeExecutable.isRunning() && System.getProperty(PROVIDER) == null) {
            System.setProperty(PROVIDER, "default");
        }
    }
}
