package dev.tandem.index;

import dev.tandem.index.IndexManifest.FileEntry;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One immutable state of an index.
 *
 * @param folder where its files lie
 * @param manifest what they are
 */
public record Generation(Path folder, IndexManifest manifest) {

    public String id() {
        return manifest.generation();
    }

    /** Bytes of all files but the manifest. */
    public long bytes() {
        return manifest.files().stream().mapToLong(FileEntry::length).sum();
    }

    /**
     * Compares every file's length with the manifest's.
     *
     * @throws IndexException naming the first file that is missing or cut short
     */
    void checkLengths() {
        for (FileEntry file : manifest.files()) {
            String problem = lengthProblem(file);
            if (!problem.isEmpty()) {
                throw new IndexException(problem + ". Build the index again.");
            }
        }
    }

    /**
     * Reads every file and compares length and checksum.
     *
     * @throws IndexException naming every file that differs
     */
    void checkChecksums() {
        List<String> damage = damage();
        if (!damage.isEmpty()) {
            throw new IndexException(String.join("; ", damage) + ". Build the index again.");
        }
    }

    /** Reads every file and compares length and checksum; one line for each that differs. */
    public List<String> damage() {
        List<String> damage = new ArrayList<>();
        for (FileEntry file : manifest.files()) {
            String problem = lengthProblem(file);
            damage.add(problem.isEmpty() ? checksumProblem(file) : problem);
        }
        damage.removeIf(String::isEmpty);
        return damage;
    }

    /**
     * Reads the files whose paths in the manifest fit.
     *
     * @throws IndexException naming the first file whose length or checksum differs
     * @throws IOException if one cannot be read
     */
    void check(Predicate<String> paths) throws IOException {
        for (FileEntry file : manifest.files()) {
            if (paths.test(file.path())) {
                String problem = lengthProblem(file);
                String damage = problem.isEmpty() ? checksumDifference(file) : problem;
                if (!damage.isEmpty()) {
                    throw new IndexException(damage + ". Build the index again.");
                }
            }
        }
    }

    /** One line for each file in the folder that the manifest does not know. */
    public List<String> unexpected() {
        Set<String> known = new HashSet<>(Set.of(IndexLayout.MANIFEST));
        manifest.files().forEach(file -> known.add(file.path()));
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile)
                    .filter(file -> !known.contains(pathInside(file)))
                    .sorted()
                    .map(file -> file + " is not in the manifest")
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(folder + " cannot be listed: " + e.getMessage());
        }
    }

    private String pathInside(Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    private String lengthProblem(FileEntry entry) {
        Path file = folder.resolve(entry.path());
        if (!Files.isRegularFile(file)) {
            return file + " is missing";
        }
        long length = length(file);
        return length == entry.length()
                ? ""
                : "%s has %d bytes, the manifest says %d".formatted(file, length, entry.length());
    }

    /** 0 if it cannot be told, as of what is gone meanwhile. */
    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    private String checksumProblem(FileEntry entry) {
        try {
            return checksumDifference(entry);
        } catch (IOException e) {
            return folder.resolve(entry.path()) + " cannot be read: " + e.getMessage();
        }
    }

    private String checksumDifference(FileEntry entry) throws IOException {
        Path file = folder.resolve(entry.path());
        String crc32c = Crc32c.of(file);
        return crc32c.equals(entry.crc32c())
                ? ""
                : "%s has the CRC-32C %s, the manifest says %s"
                        .formatted(file, crc32c, entry.crc32c());
    }
}
