package dev.tandem.model;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why the storage did not give what was asked of it. */
public enum StorageFailure {
    /** A file or a folder is not there. */
    MISSING,
    /** A file is shorter than it was. */
    TRUNCATED,
    /** A file was deleted or replaced by another client of a network file system: ESTALE. */
    STALE,
    /** What was read is not what was written. */
    DAMAGED,
    /** The system could not read, or did not let: EIO, EACCES and others. */
    UNREADABLE,
    /** A read did not return. */
    HANGING;

    /** Lower case, as in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What an exception, or what caused it, says about the storage. */
    public static StorageFailure of(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof StorageHangsException) {
                return HANGING;
            }
            if (cause instanceof IOException io) {
                return of(io);
            }
        }
        // Nothing failed to be read, so it was what was read.
        return DAMAGED;
    }

    private static StorageFailure of(IOException e) {
        return switch (e) {
            case EOFException _ -> TRUNCATED;
            case NoSuchFileException _, FileNotFoundException _, NotDirectoryException _ -> MISSING;
            default -> isStale(e.getMessage()) ? STALE : damagedOrUnreadable(e);
        };
    }

    /** The JDK has no type for it; glibc says "Stale file handle", others put NFS between. */
    private static boolean isStale(@Nullable String message) {
        return message != null && message.contains("Stale ") && message.contains("handle");
    }

    /** What is no exception of the JDK is told by a reader of a format, about what it read. */
    private static StorageFailure damagedOrUnreadable(IOException e) {
        return e.getClass().getName().startsWith("java.") ? UNREADABLE : DAMAGED;
    }
}
