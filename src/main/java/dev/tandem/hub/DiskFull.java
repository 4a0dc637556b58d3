package dev.tandem.hub;

import dev.tandem.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A disk that has no room for a model. */
final class DiskFull {

    private DiskFull() {}

    /** Whether that is why a write failed: Java has no type for it, systems have words. */
    static boolean is(@Nullable Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            String text = String.valueOf(at.getMessage()).toLowerCase(Locale.ROOT);
            if (text.contains("no space left") || text.contains("disk quota")) {
                return true;
            }
        }
        return false;
    }

    /**
     * @throws ModelException if the disk of a folder has no room for so many bytes
     */
    static void check(Path folder, long bytes) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes) {
            throw explained(folder, bytes, null);
        }
    }

    static ModelException explained(Path folder, long bytes, @Nullable IOException cause) {
        return new ModelException(
                "The disk of %s is full: %s are still to come%s. Make room and run the same command again, which goes on where this one ended, or name a folder on another disk with --to."
                        .formatted(folder, megabytes(bytes), free(folder)),
                cause);
    }

    private static String free(Path folder) {
        try {
            return ", " + megabytes(Files.getFileStore(folder).getUsableSpace()) + " are free";
        } catch (IOException e) {
            return "";
        }
    }

    private static String megabytes(long bytes) {
        return "%,.1f MB".formatted(bytes / 1e6);
    }
}
