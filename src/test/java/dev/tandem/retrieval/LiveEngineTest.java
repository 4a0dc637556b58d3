package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.IndexAt;
import dev.tandem.fixtures.TwoGenerations;
import dev.tandem.model.SearchResult;
import dev.tandem.model.UnavailableException;
import io.smallrye.mutiny.Uni;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class LiveEngineTest {
    private static final int SWAPS = 20;
    private static final int THREADS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int POLL_MILLIS = 5;

    @TempDir private Path folder;
    private TwoGenerations two;

    @BeforeEach
    void open() {
        two = TwoGenerations.open(folder, IndexAt.unwatched(folder.resolve("index")));
    }

    @AfterEach
    void close() {
        two.close();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void swap_underConcurrentSearches_tearsNoAnswerAndLeaksNothing()
            throws InterruptedException, ExecutionException, TimeoutException {
        search();
        long files = two.openFiles();
        long maps = two.mappedFiles();
        assertThat(files).as("its lease at least").isPositive();
        var done = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Integer>> searches =
                    IntStream.range(0, THREADS)
                            .mapToObj(_ -> threads.submit(() -> searchUntil(done)))
                            .toList();
            for (int i = 0; i < SWAPS; i++) {
                assertThat(two.swap().swapped()).isTrue();
            }
            done.set(true);
            for (Future<Integer> answered : searches) {
                assertThat(answered.get(20, TimeUnit.SECONDS)).isPositive();
            }
        }

        await(() -> two.live().openEngines() == 1);
        assertThat(two.reloader().swaps()).isEqualTo(SWAPS);
        assertThat(two.openFiles()).isEqualTo(files);
        assertThat(two.mappedFiles()).isEqualTo(maps);
        two.close();
        assertThat(two.live().openEngines()).isZero();
        assertThat(two.openFiles()).isZero();
        assertThat(two.mappedFiles()).isZero();
        assertThat(folder.resolve("index").resolve("leases")).isEmptyDirectory();
    }

    @Test
    void swap_callUnderWay_endsOnTheEngineItBeganOn() throws InterruptedException {
        String first = two.live().generationId().orElseThrow();
        Uni<SearchResult> begun = two.search();

        two.swap();
        assertThat(two.live().generationId()).isNotEqualTo(Optional.of(first));
        assertThat(two.live().openEngines()).as("the old one has a call left").isEqualTo(2);
        SearchResult answer = begun.await().atMost(PATIENCE);

        assertThat(answer.generation()).isEqualTo(first);
        assertThat(two.isOfOneGeneration(answer)).isTrue();
        await(() -> two.live().openEngines() == 1);
    }

    @Test
    void swap_callCancelled_closesTheOldEngine() throws InterruptedException {
        Uni<SearchResult> begun = two.search();
        var items = new AtomicInteger();
        var running = begun.subscribe().with(_ -> items.incrementAndGet(), _ -> {});
        two.swap();
        running.cancel();

        await(() -> two.live().openEngines() == 1);
        assertThat(two.isOfOneGeneration(search())).isTrue();
    }

    @Test
    void call_workThrowsOrFails_letsGo() throws InterruptedException {
        assertThatThrownBy(
                        () ->
                                two.live()
                                        .call(
                                                _ -> {
                                                    throw new IllegalStateException("at once");
                                                }))
                .hasMessage("at once");
        Uni<Object> failing =
                two.live().call(_ -> Uni.createFrom().failure(new IllegalStateException("later")));
        assertThatThrownBy(() -> failing.await().atMost(PATIENCE)).hasMessage("later");

        two.swap();

        await(() -> two.live().openEngines() == 1);
    }

    @Test
    void call_subscribedToTwice_isRefused() {
        Uni<SearchResult> once = two.search();
        once.await().atMost(PATIENCE);

        assertThatThrownBy(() -> once.await().atMost(PATIENCE))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void lease_closedTwice_countsOnce() throws InterruptedException {
        EngineLease lease = two.live().acquire();
        EngineLease other = two.live().acquire();
        two.swap();
        lease.close();
        lease.close();

        assertThat(two.live().openEngines()).as("one call is left").isEqualTo(2);
        assertThat(other.engine().passages()).isEqualTo(4);
        other.close();

        await(() -> two.live().openEngines() == 1);
    }

    @Test
    void acquire_afterClose_isRefused() {
        two.close();

        assertThat(two.live().isReady()).isFalse();
        assertThatThrownBy(() -> two.live().acquire()).isInstanceOf(UnavailableException.class);
    }

    private int searchUntil(AtomicBoolean done) {
        int answers = 0;
        while (!done.get()) {
            assertThat(two.isOfOneGeneration(search())).isTrue();
            answers++;
        }
        return answers;
    }

    private SearchResult search() {
        return two.search().await().atMost(PATIENCE);
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
            Thread.sleep(POLL_MILLIS);
        }
    }
}
