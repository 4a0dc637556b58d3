package dev.tandem.index;

import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.StandardOpenOption;

/** The right to change an index: one build or prune at a time. */
final class BuildLock implements AutoCloseable {

    private final LockedFile file;

    private BuildLock(LockedFile file) {
        this.file = file;
    }

    /**
     * @throws IndexException if another build or prune holds it
     */
    static BuildLock take(IndexFolder index) throws IOException {
        return LockedFile.tryLock(
                        index.path().resolve(IndexLayout.LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)
                .map(BuildLock::new)
                .orElseThrow(() -> taken(index));
    }

    private static IndexException taken(IndexFolder index) {
        return new IndexException(
                "Another build is writing to %s. Wait until it has ended, or build into another folder."
                        .formatted(index.path()));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
