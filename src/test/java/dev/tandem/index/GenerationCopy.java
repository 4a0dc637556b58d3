package dev.tandem.index;

import dev.tandem.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** Generations without a build, and CURRENT by hand. */
public final class GenerationCopy {
    private GenerationCopy() {}

    /** Copies a generation under another id of the same index. */
    public static Path of(Generation original, String id) throws IOException {
        Path copy = original.folder().resolveSibling(id);
        try (Stream<Path> files = Files.walk(original.folder())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(original.folder().relativize(file)));
            }
        }
        ManifestFile.write(renamed(original.manifest(), id), copy.resolve(IndexLayout.MANIFEST));
        return copy;
    }

    /** Writes CURRENT as an operator would who goes back to another generation. */
    public static void serve(Path index, String id) throws IOException {
        Path next = Files.writeString(index.resolve("CURRENT.by-hand"), id + "\n");
        Files.move(next, index.resolve(IndexLayout.CURRENT), StandardCopyOption.ATOMIC_MOVE);
    }

    public static void delete(Path generation) throws IOException {
        DurableFiles.deleteTree(generation);
    }

    private static IndexManifest renamed(IndexManifest manifest, String id) {
        return new IndexManifest(
                manifest.format(),
                manifest.version(),
                id,
                manifest.created(),
                manifest.builder(),
                manifest.passages(),
                manifest.dimension(),
                manifest.similarity(),
                manifest.biEncoder(),
                manifest.crossEncoder(),
                manifest.graph(),
                manifest.vectors(),
                manifest.source(),
                manifest.files());
    }
}
