package dev.tandem.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Who reads which generation: one locked file a reader, named generation, dot, random. A lease
 * lives as long as its lock, so that of a killed process holds nothing.
 */
final class Leases {

    private static final int MOST_ATTEMPTS = 5;

    private final Path folder;

    Leases(IndexFolder index) {
        folder = index.path().resolve(IndexLayout.LEASES);
    }

    /**
     * Leases a generation; whoever holds the lease must still see whether the generation is there.
     *
     * @throws IOException if the mount takes no file or no lock
     */
    LockedFile take(String generation) throws IOException {
        Files.createDirectories(folder);
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Path file = folder.resolve(generation + "." + UUID.randomUUID());
            Optional<LockedFile> locked =
                    LockedFile.tryLock(
                            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            // Between the two, a prune may have taken the new file for a dead process' lease.
            if (locked.isPresent() && Files.exists(file)) {
                return locked.get();
            }
            if (locked.isPresent()) {
                locked.get().close();
            }
        }
        throw new IOException("no lease in " + folder + " stays: is it pruned all the time?");
    }

    /** The generations that someone reads; removes the leases of the dead. */
    Set<String> held() throws IOException {
        Set<String> held = new HashSet<>();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            if (isHeld(file)) {
                held.add(name.substring(0, Math.max(0, name.indexOf('.'))));
            }
        }
        return held;
    }

    private Set<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new HashSet<>(files.toList());
        } catch (NoSuchFileException e) {
            return Set.of();
        }
    }

    private static boolean isHeld(Path file) {
        try {
            Optional<LockedFile> dead = LockedFile.tryLock(file, StandardOpenOption.WRITE);
            if (dead.isPresent()) {
                dead.get().delete();
            }
            return dead.isEmpty();
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            // It cannot be told, as with a lease of another user: then it counts as held.
            return true;
        }
    }
}
