package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.IndexAt;
import dev.tandem.fixtures.Settings;
import dev.tandem.fixtures.TwoGenerations;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.Memory;
import dev.tandem.index.Verify;
import dev.tandem.model.IndexException;
import dev.tandem.model.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReloaderTest {
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final Duration SELDOM = Duration.ofHours(1);

    @TempDir private Path folder;

    @Test
    void poll_newGeneration_isServedWithoutACall() throws InterruptedException {
        try (var two = open(OFTEN, Verify.LENGTHS)) {
            String other = two.other().id();
            two.switchCurrent();

            LiveEngineTest.await(() -> two.reloader().swaps() == 1);
            assertThat(two.live().generationId()).hasValue(other);
        }
    }

    @Test
    void poll_off_neverLooks() throws InterruptedException {
        try (var two = open(Duration.ZERO, Verify.LENGTHS)) {
            Optional<String> served = two.live().generationId();
            two.switchCurrent();
            two.reloader().lookIfDue();
            Thread.sleep(OFTEN);

            assertThat(two.live().generationId()).isEqualTo(served);
        }
    }

    @Test
    void lookIfDue_frozenForTheInterval_swapsBesideTheCall() throws InterruptedException {
        var frozen = new AtomicReference<>(Duration.ZERO);
        try (var two = open(Duration.ZERO, Verify.LENGTHS);
                var reloader = frozen(two, frozen)) {
            reloader.start(two.models());
            String served = two.live().generationId().orElseThrow();
            String other = two.other().id();
            two.switchCurrent();
            frozen.set(SELDOM.minusMinutes(1));
            reloader.lookIfDue();
            Thread.sleep(OFTEN);
            assertThat(two.live().generationId()).as("not due").hasValue(served);

            frozen.set(SELDOM.plusMinutes(1));
            reloader.lookIfDue();

            LiveEngineTest.await(() -> two.live().generationId().equals(Optional.of(other)));
        }
    }

    @Test
    void poll_damagedGeneration_isCountedAndTheOldOneServesUntilItIsWhole()
            throws IOException, InterruptedException {
        try (var two = open(OFTEN, Verify.FULL)) {
            Optional<String> served = two.live().generationId();
            String other = two.other().id();
            Path graph = IndexLayout.graph(two.other().folder());
            byte[] whole = Files.readAllBytes(graph);
            byte[] damaged = whole.clone();
            damaged[whole.length / 2] ^= 1;
            Files.write(graph, damaged);
            two.switchCurrent();

            LiveEngineTest.await(() -> two.reloader().failures() > 0);
            assertThat(two.live().generationId()).isEqualTo(served);
            assertThat(two.reloader().degraded())
                    .hasValueSatisfying(note -> assertThat(note).contains(other, served.get()));
            assertThat(two.search().await().atMost(Duration.ofSeconds(20)).generation())
                    .isEqualTo(served.get());

            Files.write(graph, whole);
            LiveEngineTest.await(() -> two.live().generationId().equals(Optional.of(other)));
            LiveEngineTest.await(() -> two.reloader().degraded().isEmpty());
            LiveEngineTest.await(() -> two.live().openEngines() == 1);
        }
    }

    @Test
    void reload_missingGeneration_failsAndServesOn() {
        try (var two = open(Duration.ZERO, Verify.LENGTHS)) {
            Optional<String> served = two.live().generationId();
            two.serve("20200101T000000-000");

            assertThatThrownBy(() -> two.reloader().reload())
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("20200101T000000-000");
            assertThat(two.live().generationId()).isEqualTo(served);

            two.serve(served.get());
            assertThat(two.reloader().reload()).isEqualTo(new Reload(served.get(), false));
            assertThat(two.reloader().degraded()).isEmpty();
        }
    }

    @Test
    void reload_unreadableCurrent_failsAndServesOn() {
        try (var two = open(Duration.ZERO, Verify.LENGTHS)) {
            two.serve("../../etc");

            assertThatThrownBy(() -> two.reloader().reload())
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("CURRENT");
            assertThat(two.live().isReady()).isTrue();
            assertThat(two.reloader().degraded()).isPresent();
        }
    }

    @Test
    void reload_newGeneration_saysSoOnce() {
        try (var two = open(Duration.ZERO, Verify.LENGTHS)) {
            String other = two.other().id();

            assertThat(two.swap()).isEqualTo(new Reload(other, true));
            assertThat(two.reloader().reload()).isEqualTo(new Reload(other, false));
        }
    }

    @Test
    void reload_beforeTheStart_isUnavailable() {
        try (var live = new LiveEngine();
                var reloader =
                        new Reloader(
                                live,
                                IndexAt.unwatched(folder),
                                Settings.CANDIDATES,
                                Settings.RERANK,
                                Settings.NO_CACHE)) {
            assertThatThrownBy(reloader::reload).isInstanceOf(UnavailableException.class);
        }
    }

    /** One whose thread sleeps for the whole test, as on a host that froze it. */
    private static Reloader frozen(TwoGenerations two, AtomicReference<Duration> frozen) {
        var config =
                new IndexAt(two.index(), Memory.NORMAL, Optional.empty(), Verify.LENGTHS, SELDOM);
        return new Reloader(
                two.live(), config, Settings.CANDIDATES, Settings.RERANK, Settings.NO_CACHE) {
            @Override
            Instant now() {
                return super.now().plus(frozen.get());
            }
        };
    }

    private TwoGenerations open(Duration poll, Verify verify) {
        return TwoGenerations.open(
                folder,
                new IndexAt(
                        folder.resolve("index"), Memory.NORMAL, Optional.empty(), verify, poll));
    }
}
