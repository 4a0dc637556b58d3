package dev.tandem.candidates;

/** Which code JVector computes by. */
public final class VectorSupport {

    /** {@code runtime} in a native executable; GraalVM's ImageInfo, without a need for its jar. */
    private static final String IMAGE_CODE = "org.graalvm.nativeimage.imagecode";

    private static final String PROVIDER = "jvector.vectorization_provider";

    private VectorSupport() {}

    /**
     * Has a native executable take JVector's plain Java code; to be called before JVector is used.
     * JVector's SIMD is a library that it calls for each single score, and there a call costs more
     * than some hundred plain operations (ADR 26). In a JVM, and if something was chosen by the
     * property, nothing is changed.
     */
    public static void choose() {
        boolean isNative = "runtime".equals(System.getProperty(IMAGE_CODE));
        if (isNative && System.getProperty(PROVIDER) == null) {
            System.setProperty(PROVIDER, "default");
        }
    }
}
