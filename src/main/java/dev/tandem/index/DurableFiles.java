package dev.tandem.index;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** Changes to the mount that a power cut does not take back. */
final class DurableFiles {

    private DurableFiles() {}

    /** Makes a folder and those above it; a new folder's entry lasts once its parent is forced. */
    static void createFolders(Path folder) throws IOException {
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
    static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path parent = to.getParent();
        if (parent != null) {
            force(parent);
        }
    }

    /** Forces all files under a folder and the folders themselves, but for one folder in it. */
    static void forceTree(Path root, Path but) throws IOException {
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

    static void force(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static void deleteTree(Path root) throws IOException {
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
