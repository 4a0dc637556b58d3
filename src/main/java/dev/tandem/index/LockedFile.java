package dev.tandem.index;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that this process holds an exclusive lock on. The system takes the lock back when the
 * process dies, also on NFSv4.
 */
final class LockedFile implements AutoCloseable {

    // POSIX takes all locks of a process on a file back when it closes any descriptor of that file.
    // So a file that is held here is never opened a second time, not even to look at its lock.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path key;
    private final FileChannel channel;

    private LockedFile(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /**
     * Opens and locks a file.
     *
     * @param options with WRITE, which an exclusive lock needs
     * @return empty if this process or another one holds it
     */
    static Optional<LockedFile> tryLock(Path file, OpenOption... options) throws IOException {
        Path key = key(file);
        if (!HELD.add(key)) {
            return Optional.empty();
        }
        Optional<LockedFile> locked = Optional.empty();
        try {
            locked = lock(key, options);
            return locked;
        } finally {
            if (locked.isEmpty()) {
                HELD.remove(key);
            }
        }
    }

    /** Whether somebody else deleted the file. False if that cannot be told. */
    boolean isGone() {
        return Files.notExists(key);
    }

    /** Deletes the file while it is still locked, and lets go of it. */
    void delete() throws IOException {
        try (this) {
            Files.deleteIfExists(key);
        }
    }

    @Override
    public void close() throws IOException {
        // In this order: who finds it free here may open it.
        try {
            channel.close();
        } finally {
            HELD.remove(key);
        }
    }

    private static Optional<LockedFile> lock(Path key, OpenOption... options) throws IOException {
        FileChannel channel = FileChannel.open(key, options);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
            return locked ? Optional.of(new LockedFile(key, channel)) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            // Held under another class loader of this process: the same answer.
            return Optional.empty();
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    /** One path a file, whatever links lead to its folder. */
    private static Path key(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file : parent.toRealPath().resolve(file.getFileName());
    }
}
