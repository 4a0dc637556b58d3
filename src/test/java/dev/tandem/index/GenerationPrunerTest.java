package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class GenerationPrunerTest {
    private static final int PUBLISHED = 150;

    @TempDir private Path folder;
    private IndexFolder index;
    private final List<String> ids = new ArrayList<>();

    @BeforeEach
    void publishFive() throws IOException {
        index = new IndexFolder(folder);
        for (int i = 1; i <= 5; i++) {
            ids.add(GenerationFixture.publish(index, i).id());
        }
    }

    @Test
    void prune_nobodyReads_keepsTheNewest() throws IOException {
        Pruned pruned = index.prune(2);

        assertThat(generations()).containsExactlyElementsOf(ids.subList(3, 5));
        assertThat(pruned.removed()).containsExactlyInAnyOrderElementsOf(ids.subList(0, 3));
        assertThat(pruned.leased()).isEmpty();
        assertThat(pruned.failed()).isEmpty();
        assertThat(index.current().damage()).isEmpty();
    }

    @Test
    void prune_moreKeptThanThere_removesNothing() throws IOException {
        assertThat(index.prune(6).lines()).isEmpty();
        assertThat(generations()).containsExactlyElementsOf(ids);
    }

    @Test
    void prune_wentBackToAnOldOne_keepsItToo() throws IOException {
        GenerationCopy.serve(folder, ids.get(1));

        index.prune(1);

        assertThat(generations()).containsExactly(ids.get(1), ids.get(4));
    }

    @Test
    void prune_foldersOfOthers_stay() throws IOException {
        Files.createDirectories(folder.resolve("generations").resolve("backup"));

        index.prune(1);

        assertThat(generations()).containsExactly(ids.get(4), "backup");
    }

    @Test
    void prune_keepNone_isRefused() {
        assertThatThrownBy(() -> index.prune(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void prune_noIndex_saysSo() {
        assertThatThrownBy(() -> new IndexFolder(folder.resolve("none")).prune(1))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("No index at");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void prune_buildRuns_isRefused() throws IOException {
        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(9))) {
            assertThatThrownBy(() -> index.prune(1))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("Another build");
            assertThat(writer.folder()).exists();
        }
    }

    @Test
    void prune_leasedInThisProcess_leavesItUntilItIsClosed() throws IOException {
        GenerationCopy.serve(folder, ids.getFirst());
        try (var leased = index.lease(Verify.LENGTHS)) {
            GenerationCopy.serve(folder, ids.getLast());

            assertThat(index.prune(1).leased()).containsExactly(ids.getFirst());
            assertThat(leased.generation().damage()).isEmpty();
            assertThat(index.prune(1).leased())
                    .as("looking at a lease does not end it")
                    .containsExactly(ids.getFirst());
        }

        assertThat(index.prune(1).removed()).containsExactly(ids.getFirst());
        assertThat(folder.resolve("leases")).isEmptyDirectory();
    }

    @Test
    void prune_leasedByAProcessThatIsKilled_removesItAfter()
            throws IOException, InterruptedException {
        GenerationCopy.serve(folder, ids.getFirst());
        try (var reader = Reader.holding(folder)) {
            GenerationCopy.serve(folder, ids.getLast());
            Pruned beside = index.prune(1);

            assertThat(beside.leased()).containsExactly(ids.getFirst());
            assertThat(beside.removed()).hasSize(3);
            assertThat(generations()).containsExactly(ids.getFirst(), ids.getLast());

            reader.kill();
            assertThat(folder.resolve("leases")).isNotEmptyDirectory();
            Pruned after = index.prune(1);

            assertThat(after.removed()).containsExactly(ids.getFirst());
            assertThat(generations()).containsExactly(ids.getLast());
            assertThat(folder.resolve("leases")).as("the dead one's is gone").isEmptyDirectory();
        }
    }

    @Test
    void publishAndPrune_whileAnotherProcessReads_neverTearsWhatItReads()
            throws IOException, InterruptedException {
        try (var reader = Reader.rereading(folder)) {
            for (int i = 0; i < PUBLISHED; i++) {
                try (var writer = GenerationWriter.open(index, GenerationFixture.clock(100 + i))) {
                    GenerationFixture.fill(writer);
                    assertThat(writer.prune(1).failed()).isEmpty();
                }
            }

            assertThat(reader.end()).matches("whole [1-9][0-9]*");
        }
    }

    @Test
    void prune_killedHalfway_isFinishedByTheNextBuild() throws IOException {
        Path half = folder.resolve("generations").resolve(ids.getFirst() + ".pruned");
        Files.move(folder.resolve("generations").resolve(ids.getFirst()), half);
        Files.delete(IndexLayout.graph(half));

        GenerationWriter.open(index, GenerationFixture.clock(9)).close();

        assertThat(generations()).containsExactlyElementsOf(ids.subList(1, 5));
    }

    @Test
    void current_namesAPrunedGeneration_isNeverFollowed() throws IOException {
        Path half = folder.resolve("generations").resolve(ids.getFirst() + ".pruned");
        Files.move(folder.resolve("generations").resolve(ids.getFirst()), half);
        GenerationCopy.serve(folder, ids.getFirst() + ".pruned");

        assertThatThrownBy(index::current).hasMessageContaining("no generation's id");
    }

    @Test
    void lease_mountTakesNoFiles_servesWithoutOne() throws IOException {
        // A file where the folder should be fails as a read-only mount does, for root too.
        Files.writeString(folder.resolve("leases"), "");

        try (var leased = index.lease(Verify.FULL)) {
            assertThat(leased.generation().id()).isEqualTo(ids.getLast());
        }
    }

    @Test
    void prune_leasesCannotBeRead_removesNothing() throws IOException {
        Files.writeString(folder.resolve("leases"), "");

        Pruned pruned = index.prune(1);

        assertThat(pruned.removed()).isEmpty();
        assertThat(pruned.failed()).allMatch(line -> line.contains("leases cannot be read"));
        assertThat(generations()).containsExactlyElementsOf(ids);
    }

    private List<String> generations() throws IOException {
        return GenerationPruner.names(index);
    }
}
