package dev.tandem.index;

import dev.tandem.index.IndexManifest.FileEntry;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Builds a generation beside the others and publishes it: files are forced to disk, the folder is
 * renamed to its final name, and CURRENT is replaced by rename. A build that is killed at any point
 * leaves the served generation as it was, and a folder that the next build removes.
 */
public final class GenerationWriter implements AutoCloseable {

    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss-SSS").withZone(ZoneOffset.UTC);

    private final IndexFolder index;
    private final Instant created;
    private final String id;
    private final Path building;
    private final FileChannel lockFile;
    private final FileLock lock;

    private GenerationWriter(IndexFolder index, Clock clock, FileChannel lockFile, FileLock lock)
            throws IOException {
        this.index = index;
        this.lockFile = lockFile;
        this.lock = lock;
        created = clock.instant();
        id = ID.format(created);
        building = index.generationFolder(id + IndexLayout.BUILDING);
        Files.createDirectories(index.generations());
        removeLeftovers(index.generations());
        Files.createDirectory(building);
    }

    /**
     * @throws IndexException if another build holds the index
     */
    public static GenerationWriter open(IndexFolder index, Clock clock) throws IOException {
        Files.createDirectories(index.path());
        FileChannel lockFile =
                FileChannel.open(
                        index.path().resolve(IndexLayout.LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            FileLock lock = lockFile.tryLock();
            if (lock != null) {
                return new GenerationWriter(index, clock, lockFile, lock);
            }
        } catch (OverlappingFileLockException e) {
            // Held by this same process: the same answer as for another one.
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
        lockFile.close();
        throw new IndexException(
                "Another build is writing to %s. Wait until it has ended, or build into another folder."
                        .formatted(index.path()));
    }

    /** Where the files of the generation go. */
    public Path folder() {
        return building;
    }

    /**
     * Makes the generation the served one.
     *
     * @param manifest gives the manifest for the generation's id, time and files
     */
    public Generation publish(Function<Draft, IndexManifest> manifest) throws IOException {
        IndexManifest written = manifest.apply(new Draft(id, created.toString(), entries()));
        Path file = building.resolve(IndexLayout.MANIFEST);
        Files.write(file, IndexFolder.JSON.writeValueAsBytes(written));
        forceAll();
        Path folder = index.generationFolder(id);
        Files.move(building, folder, StandardCopyOption.ATOMIC_MOVE);
        force(index.generations());
        replaceCurrent();
        return new Generation(folder, written);
    }

    /** What the manifest needs to know of the generation. */
    public record Draft(String generation, String created, List<FileEntry> files) {}

    /** Releases the index; removes the files if they were not published. */
    @Override
    public void close() throws IOException {
        deleteTree(building);
        lock.release();
        lockFile.close();
    }

    private void replaceCurrent() throws IOException {
        Path current = index.path().resolve(IndexLayout.CURRENT);
        Path next = index.path().resolve(IndexLayout.CURRENT + ".next");
        Files.writeString(next, id + "\n");
        force(next);
        Files.move(
                next, current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(index.path());
    }

    private List<FileEntry> entries() throws IOException {
        List<FileEntry> entries = new ArrayList<>();
        for (Path file : files()) {
            String path = building.relativize(file).toString().replace('\\', '/');
            entries.add(new FileEntry(path, Files.size(file), Crc32c.of(file)));
        }
        return entries;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> tree = Files.walk(building)) {
            return tree.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private void forceAll() throws IOException {
        try (Stream<Path> tree = Files.walk(building)) {
            for (Path path : tree.toList()) {
                force(path);
            }
        }
    }

    private static void force(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void removeLeftovers(Path generations) throws IOException {
        try (Stream<Path> folders = Files.list(generations)) {
            for (Path folder : folders.toList()) {
                if (folder.getFileName().toString().endsWith(IndexLayout.BUILDING)) {
                    deleteTree(folder);
                }
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
