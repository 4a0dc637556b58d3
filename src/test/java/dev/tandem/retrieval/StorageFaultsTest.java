package dev.tandem.retrieval;

import static dev.tandem.retrieval.LiveEngineTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.Faults;
import dev.tandem.fixtures.IndexAt;
import dev.tandem.fixtures.TwoGenerations;
import dev.tandem.index.Memory;
import dev.tandem.index.Verify;
import dev.tandem.model.Budget;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.IndexException;
import dev.tandem.model.Query;
import dev.tandem.model.SearchResult;
import dev.tandem.model.StorageFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A serving engine whose storage fails: what its calls get, and whether it is well afterwards. */
@Timeout(120)
class StorageFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration OFTEN = Duration.ofMillis(50);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Query QUERY = new Query("which number is it?", 50, 4);

    @TempDir private Path folder;
    private final Faults faults = new Faults();
    private TwoGenerations two;
    private LiveEngine live;

    @BeforeEach
    void open() {
        Path index = faults.in(folder.resolve("index"));
        two =
                TwoGenerations.open(
                        folder,
                        new IndexAt(index, Memory.LOW, Optional.empty(), Verify.LENGTHS, OFTEN));
        live = two.live();
    }

    @AfterEach
    void close() {
        faults.end();
        two.close();
    }

    @Test
    void search_readsThatFail_areTypedOrFlaggedUntilTheyGoWell() throws InterruptedException {
        assertWell();
        faults.failReads("Input/output error");
        assertTypedOrFlagged();

        await(() -> live.failing().equals(Optional.of(StorageFailure.UNREADABLE)));
        assertThat(live.failures(StorageFailure.UNREADABLE)).isPositive();
        assertTypedOrFlagged();

        faults.end();
        await(() -> live.failing().isEmpty());
        assertWell();
    }

    @Test
    void search_readsThatStall_isAnsweredInTimeUntilTheyGoWell() throws InterruptedException {
        assertWell();
        faults.stallReads();
        long start = System.nanoTime();
        SearchResult result = search(Budget.of(SHORT, SHORT));

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("not after the stall, which has no end")
                .isLessThan(Duration.ofSeconds(20));
        assertThat(result.coverage().reason()).isNotEqualTo(Reason.COMPLETE);
        await(() -> live.failing().equals(Optional.of(StorageFailure.HANGING)));
        await(() -> live.failures(StorageFailure.HANGING) > 0);

        faults.end();
        await(() -> live.failing().isEmpty());
        await(() -> live.abandoned() == 0);
        assertWell();
    }

    @Test
    void search_manyWhileReadsStall_areRefusedBeforeTheyPileUp() {
        faults.stallReads();
        // Long enough for a slow host to come to the walk, which is what hangs.
        var brief = Duration.ofMillis(100);

        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 1_000; i++) {
                                search(Budget.of(brief, brief));
                            }
                        })
                .isInstanceOf(IndexException.class)
                // As many as were counted then: one or another may end at once after.
                .satisfies(
                        e ->
                                assertThat(firstNumber(e))
                                        .isBetween(
                                                StorageHealth.MOST_HANGING,
                                                2 * StorageHealth.MOST_HANGING))
                .extracting(StorageFailure::of)
                .isEqualTo(StorageFailure.HANGING);
    }

    private static int firstNumber(Throwable e) {
        return Integer.parseInt(
                String.valueOf(e.getMessage()).replaceFirst("^\\D*(\\d+).*$", "$1"));
    }

    @Test
    void poll_folderRemoved_servesOnFromOpenFilesAndSaysSo() throws Exception {
        Path index = folder.resolve("index");
        Files.move(index, folder.resolve("away"));

        await(() -> two.reloader().degraded().isPresent());
        assertWell();
        assertThat(live.failing()).as("its answers are right").isEmpty();

        Files.move(folder.resolve("away"), index);
        await(() -> two.reloader().degraded().isEmpty());
        assertThat(two.reloader().swaps()).as("nothing was to be opened").isZero();
        assertWell();
    }

    @Test
    void poll_filesOfTheServedGenerationRemoved_isDegraded() throws Exception {
        String served = live.generationId().orElseThrow();
        Path its = folder.resolve("index").resolve("generations").resolve(served);
        Files.move(its, folder.resolve("away"));

        await(() -> two.reloader().degraded().isPresent());
        assertThat(two.reloader().degraded())
                .hasValueSatisfying(
                        note ->
                                assertThat(note)
                                        .contains(served, "not whole in its place")
                                        .doesNotContain(folder.toString()));
        assertWell();

        Files.move(folder.resolve("away"), its);
        await(() -> two.reloader().degraded().isEmpty());
    }

    @Test
    void poll_sameGenerationPutBackWithoutItsLease_isOpenedAnew() throws Exception {
        Path leases = folder.resolve("index").resolve("leases");
        try (var files = Files.list(leases)) {
            for (Path lease : files.toList()) {
                Files.delete(lease);
            }
        }

        await(() -> two.reloader().swaps() == 1);
        await(() -> live.openEngines() == 1);
        assertThat(leases).isDirectoryContaining(lease -> true);
        assertWell();
    }

    @Test
    void watch_openFilesThatBreakForGood_opensTheSameGenerationAnew() throws InterruptedException {
        String served = live.generationId().orElseThrow();
        faults.breakOpenFiles("Stale file handle");

        await(() -> live.failures(StorageFailure.STALE) > 0);
        await(() -> two.reloader().swaps() == 1);
        await(() -> live.failing().isEmpty());
        assertThat(live.generationId()).hasValue(served);
        assertWell();
    }

    @Test
    void reload_generationThatCannotBeSearched_doesNotServe() throws InterruptedException {
        String served = live.generationId().orElseThrow();
        faults.only(two.other().id() + "/passages/_0.fdt").failReads("Input/output error");
        two.switchCurrent();

        await(() -> two.reloader().degraded().isPresent());
        assertThat(live.generationId()).hasValue(served);
        assertWell();

        faults.end();
        String other = two.reloader().reload().generation();
        assertThat(other).isNotEqualTo(served);
        assertWell();
    }

    private void assertWell() {
        SearchResult result = search(Budget.of(PATIENCE, PATIENCE));
        assertThat(result.coverage().reason()).isEqualTo(Reason.COMPLETE);
        assertThat(two.isOfOneGeneration(result)).isTrue();
    }

    private void assertTypedOrFlagged() {
        try {
            SearchResult result = search(Budget.of(PATIENCE, PATIENCE));
            assertThat(result.coverage().reason()).isNotEqualTo(Reason.COMPLETE);
        } catch (IndexException e) {
            assertThat(e.failure()).isEqualTo(StorageFailure.UNREADABLE);
        }
    }

    private SearchResult search(Budget budget) {
        return live.call(engine -> engine.retriever().search(QUERY, budget))
                .await()
                .atMost(PATIENCE);
    }
}
