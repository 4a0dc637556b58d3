package dev.tandem.index;

import dev.tandem.files.DurableFiles;
import dev.tandem.index.IndexManifest.FileEntry;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Builds a generation beside the others and publishes it: files are forced to disk, the folder is
 * renamed to its final name, and CURRENT is replaced by rename. A build that is killed at any point
 * leaves the served generation as it was, and a folder that the next build resumes or removes.
 */
public final class GenerationWriter implements AutoCloseable {

    private final IndexFolder index;
    private final BuildLock lock;
    private final GenerationId id;
    private final Path building;
    private boolean keptForResume;

    private GenerationWriter(IndexFolder index, BuildLock lock, GenerationId id)
            throws IOException {
        this.index = index;
        this.lock = lock;
        this.id = id;
        building = index.generationFolder(id.text() + IndexLayout.BUILDING);
        DurableFiles.createFolders(building);
    }

    /**
     * A writer with an empty folder; what builds left behind that were killed is removed.
     *
     * @throws IndexException if another build holds the index
     */
    public static GenerationWriter open(IndexFolder index, Clock clock) throws IOException {
        return open(index, clock, false);
    }

    /**
     * A writer that goes on with the newest build that was killed or kept, in its folder and with
     * its id; others are removed. If there is none, as {@link #open(IndexFolder, Clock)}.
     *
     * @throws IndexException if another build holds the index
     */
    public static GenerationWriter resume(IndexFolder index, Clock clock) throws IOException {
        return open(index, clock, true);
    }

    /** Where the files of the generation go. */
    public Path folder() {
        return building;
    }

    /** From now on an unpublished folder stays when this is closed, for {@link #resume}. */
    public void keepForResume() {
        keptForResume = true;
    }

    /**
     * Makes the generation the served one, without what only the build needed.
     *
     * @param manifest gives the manifest for the generation's id, time and files
     */
    public Generation publish(Function<Draft, IndexManifest> manifest) throws IOException {
        IndexManifest written =
                manifest.apply(new Draft(id.text(), id.created().toString(), entries()));
        ManifestFile.write(written, building.resolve(IndexLayout.MANIFEST));
        DurableFiles.forceTree(building, IndexLayout.work(building));
        discardWork();
        Path folder = index.generationFolder(id.text());
        DurableFiles.rename(building, folder);
        replaceCurrent();
        return new Generation(folder, written);
    }

    /**
     * Removes all but the newest generations, and none that is served or leased.
     *
     * @param keep how many stay, at least 1
     */
    public Pruned prune(int keep) throws IOException {
        return new GenerationPruner(index).prune(keep);
    }

    /** What the manifest needs to know of the generation. */
    public record Draft(String generation, String created, List<FileEntry> files) {}

    /** Releases the index; removes the files if they were neither published nor kept. */
    @Override
    public void close() throws IOException {
        try (lock) {
            if (!keptForResume) {
                DurableFiles.deleteTree(building);
            }
        }
    }

    private static GenerationWriter open(IndexFolder index, Clock clock, boolean resumes)
            throws IOException {
        DurableFiles.createFolders(index.generations());
        BuildLock lock = BuildLock.take(index);
        boolean opened = false;
        try {
            Optional<GenerationId> resumed = resumes ? newestLeftover(index) : Optional.empty();
            removeLeftovers(index, resumed);
            var id = resumed.orElseGet(() -> GenerationId.of(clock.instant()));
            var writer = new GenerationWriter(index, lock, id);
            opened = true;
            return writer;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private static Optional<GenerationId> newestLeftover(IndexFolder index) throws IOException {
        return leftovers(index).stream()
                .filter(id -> isResumable(index, id))
                .flatMap(id -> GenerationId.parse(id).stream())
                .reduce((_, newer) -> newer);
    }

    /** A build that was killed just before its end has nothing left to go on with. */
    private static boolean isResumable(IndexFolder index, String id) {
        Path building = index.generationFolder(id + IndexLayout.BUILDING);
        return Files.exists(IndexLayout.work(building));
    }

    /** Ids of builds that did not end, oldest first. */
    private static List<String> leftovers(IndexFolder index) throws IOException {
        return GenerationPruner.names(index).stream()
                .filter(name -> name.endsWith(IndexLayout.BUILDING))
                .map(name -> name.substring(0, name.length() - IndexLayout.BUILDING.length()))
                .toList();
    }

    private static void removeLeftovers(IndexFolder index, Optional<GenerationId> but)
            throws IOException {
        String kept = but.map(GenerationId::text).orElse("");
        for (String id : leftovers(index)) {
            if (!id.equals(kept)) {
                DurableFiles.deleteTree(index.generationFolder(id + IndexLayout.BUILDING));
            }
        }
        new GenerationPruner(index).removeLeftovers();
    }

    private void replaceCurrent() throws IOException {
        byte[] content = (id.text() + "\n").getBytes(StandardCharsets.UTF_8);
        DurableFiles.replace(index.path().resolve(IndexLayout.CURRENT), content);
    }

    /** Renamed first, so that no build is resumed on a part of it. */
    private void discardWork() throws IOException {
        Path work = IndexLayout.work(building);
        if (Files.exists(work)) {
            Path discarded = building.resolve(IndexLayout.DISCARDED);
            DurableFiles.rename(work, discarded);
            DurableFiles.deleteTree(discarded);
        }
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
            // A resumed build may have been killed when its manifest was written already.
            return tree.filter(Files::isRegularFile)
                    .filter(file -> !file.equals(building.resolve(IndexLayout.MANIFEST)))
                    .filter(file -> !file.startsWith(IndexLayout.work(building)))
                    .sorted()
                    .toList();
        }
    }
}
