package dev.tandem.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** Changes to files and folders that a power cut does not take back. */
public final class DurableFiles {

    private DurableFiles() {}

    /** Makes a folder and those above it; a new folder's entry lasts once its parent is forced. */
    public static void createFolders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent == null) {
            return;
        }
        createFolders(parent);
        Files.createDirectories(folder);
        try {
            force(parent);
        } catch (AccessDeniedException e) {
            // A folder above the index may be one to write in, not to read: then it is not forced.
            return;
        }
    }

    /** Renames within one file system and forces the folder that both names are in. */
    public static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path parent = to.getParent();
        if (parent != null) {
            force(parent);
        }
    }

    /**
     * Writes a file anew: until all of it is on the disk, the name stands for what was there
     * before.
     */
    public static void replace(Path file, byte[] content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.write(next, content);
        force(next);
        rename(next, file);
    }

    /** Forces all files under a folder and the folders themselves, but for one folder in it. */
    public static void forceTree(Path root, Path but) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            // Files before the folders that name them.
            for (Path path :
                    tree.filter(path -> !path.startsWith(but))
                            .sorted(Comparator.reverseOrder())
                            .toList()) {
                force(path);
            }
        }
    }

    /** Forces a file or a folder. */
    public static void force(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a folder with all that is in it; nothing happens if there is none. */
    public static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
