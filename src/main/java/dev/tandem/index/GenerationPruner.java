package dev.tandem.index;

import dev.tandem.files.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Removes old generations; whoever calls it holds the build lock. A generation is first renamed to
 * a name that is never served, so a prune that is killed leaves no half generation under its id.
 */
final class GenerationPruner {

    private final IndexFolder index;
    private final Leases leases;
    private final List<String> removed = new ArrayList<>();
    private final List<String> leased = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();

    GenerationPruner(IndexFolder index) {
        this.index = index;
        leases = new Leases(index);
    }

    /**
     * @param keep how many of the newest generations stay, at least 1; the served one does always
     */
    Pruned prune(int keep) throws IOException {
        if (keep < 1) {
            throw new IllegalArgumentException("keep=" + keep + ", expected 1 or more");
        }
        removeLeftovers();
        for (String id : olderThanNewest(keep)) {
            tryRemove(id);
        }
        return new Pruned(removed, leased, failed);
    }

    /** Finishes prunes that were killed. */
    void removeLeftovers() throws IOException {
        for (String name : names(index)) {
            if (name.endsWith(IndexLayout.PRUNED)) {
                tryDelete(name.substring(0, name.length() - IndexLayout.PRUNED.length()));
            }
        }
    }

    /** Names in the folder of generations, sorted; those of generations by their time. */
    static List<String> names(IndexFolder index) throws IOException {
        try (Stream<Path> folders = Files.list(index.generations())) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
        }
    }

    private List<String> olderThanNewest(int keep) throws IOException {
        return names(index).stream()
                .filter(name -> GenerationId.parse(name).isPresent())
                .sorted(Comparator.reverseOrder())
                .skip(keep)
                .filter(id -> !isUsed(id))
                .toList();
    }

    private void tryRemove(String id) {
        Path folder = index.generationFolder(id);
        try {
            DurableFiles.rename(folder, prunedFolder(id));
            // Who leased it before the rename is seen now, and who comes after it sees no folder.
            if (isUsed(id)) {
                DurableFiles.rename(prunedFolder(id), folder);
                return;
            }
        } catch (IOException e) {
            failed.add(folder + " cannot be removed: " + e);
            return;
        }
        tryDelete(id);
    }

    private void tryDelete(String id) {
        Path folder = prunedFolder(id);
        try {
            if (!leases.held().contains(id)) {
                DurableFiles.deleteTree(folder);
                removed.add(id);
            }
        } catch (IOException | UncheckedIOException e) {
            failed.add(folder + " cannot be removed, the next build tries again: " + e);
        }
    }

    private boolean isUsed(String id) {
        if (id.equals(index.currentId())) {
            return true;
        }
        boolean held = isHeld(id);
        if (held) {
            leased.add(id);
        }
        return held;
    }

    /** Where leases cannot be read, every generation counts as held. */
    private boolean isHeld(String id) {
        try {
            return leases.held().contains(id);
        } catch (IOException e) {
            failed.add("generation " + id + " stays, for the leases cannot be read: " + e);
            return true;
        }
    }

    private Path prunedFolder(String id) {
        return index.generationFolder(id + IndexLayout.PRUNED);
    }
}
