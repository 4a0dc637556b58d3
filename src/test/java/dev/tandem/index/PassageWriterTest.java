package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.model.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassageWriterTest {
    @TempDir private Path folder;

    @Test
    void close_addedSinceTheLastCommit_isDropped() throws IOException {
        // A build that fails has put the vectors of committed passages on the disk, not of others.
        try (var store = new PassageWriter(folder)) {
            add(store, 3);
            store.commit();
            add(store, 2);
        }

        try (var store = new PassageWriter(folder)) {
            assertThat(store.count()).isEqualTo(3);
            add(store, 1);
            store.finish();
        }
        try (var store = new PassageWriter(folder)) {
            assertThat(store.count()).isEqualTo(4);
        }
    }

    @Test
    void close_nothingCommitted_leavesAnEmptyStore() throws IOException {
        try (var store = new PassageWriter(folder)) {
            add(store, 2);
        }

        try (var store = new PassageWriter(folder)) {
            assertThat(store.count()).isZero();
        }
    }

    private static void add(PassageWriter store, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            store.add(new Passage("p" + store.count(), "", "text", Map.of()), new int[] {i});
        }
    }
}
