package dev.tandem.settings;

/** Whether the program is a native executable, in which some things of a JVM are missing. */
public final class NativeExecutable {

    /** GraalVM's ImageInfo, without a need for its jar. */
    private static final String IMAGE_CODE = "org.graalvm.nativeimage.imagecode";

    private NativeExecutable() {}

    /** False in a JVM, also in the one that builds an executable. */
    public static boolean isRunning() {
        return "runtime".equals(System.getProperty(IMAGE_CODE));
    }
}
