package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.Faults;
import dev.tandem.model.Filter.OneOf;
import dev.tandem.model.IndexException;
import dev.tandem.model.MetadataValue.Text;
import dev.tandem.model.Passage;
import dev.tandem.model.StorageFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A store on storage that fails: each read says so, and the next one that goes well is right. */
class FaultyStoreTest {
    private static final int PASSAGES = 200;

    private final List<Passage> passages =
            IntStream.range(0, PASSAGES).mapToObj(FaultyStoreTest::passage).toList();

    @TempDir private Path folder;
    private final Faults faults = new Faults();
    private Generation generation;

    @BeforeEach
    void write() {
        Generation written = StoreFixture.write(folder, passages);
        generation = new Generation(faults.in(written.folder()), written.manifest());
    }

    static Stream<Arguments> reads() {
        return Stream.of(
                Arguments.of("tokens", read(store -> store.tokenIds(7))),
                Arguments.of("texts", read(store -> store.passage(7))),
                Arguments.of(
                        "filters",
                        read(store -> store.matching(new OneOf("kind", List.of(new Text("1")))))));
    }

    private static Consumer<PassageStore> read(Consumer<PassageStore> read) {
        return read;
    }

    @ParameterizedTest
    @MethodSource("reads")
    void read_whatTheSystemRefuses_saysHowAndIsWellAfterwards(
            String what, Consumer<PassageStore> read) {
        try (var store = PassageStore.open(generation)) {
            faults.failReads("Input/output error");
            assertThatThrownBy(() -> read.accept(store))
                    .as(what)
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("Input/output error")
                    .extracting(StorageFailure::of)
                    .isEqualTo(StorageFailure.UNREADABLE);
            faults.failReads("Stale file handle");
            assertThatThrownBy(() -> read.accept(store))
                    .extracting(StorageFailure::of)
                    .isEqualTo(StorageFailure.STALE);

            faults.end();

            read.accept(store);
            assertThat(store.passage(7)).isEqualTo(passages.get(7));
            assertThat(store.tokenIds(7)).containsExactly(StoreFixture.tokens(7));
        }
    }

    @Test
    void open_unreadable_saysHow() {
        faults.failReads("Input/output error");

        assertThatThrownBy(() -> PassageStore.open(generation))
                .isInstanceOf(IndexException.class)
                .extracting(StorageFailure::of)
                .isEqualTo(StorageFailure.UNREADABLE);
    }

    @Test
    void read_fileCutShortWhileItIsOpen_isTruncated() throws IOException {
        try (var store = PassageStore.open(generation)) {
            Path texts = IndexLayout.passages(generation.folder()).resolve("_0.fdt");
            try (var file = FileChannel.open(texts, StandardOpenOption.WRITE)) {
                file.truncate(64);
            }

            assertThatThrownBy(() -> store.passage(PASSAGES - 1))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining(texts + " ends at byte")
                    .extracting(StorageFailure::of)
                    .isEqualTo(StorageFailure.TRUNCATED);
        }
    }

    /** Java closes the file of a thread that is interrupted, under all others too. */
    @Test
    void read_afterAnInterruptedOne_isWell() throws InterruptedException {
        try (var store = PassageStore.open(generation)) {
            var interrupted =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        Thread.currentThread().interrupt();
                                        assertThatThrownBy(() -> store.tokenIds(3))
                                                .isInstanceOf(IndexException.class);
                                    });
            interrupted.join();

            assertThat(store.tokenIds(3)).containsExactly(StoreFixture.tokens(3));
        }
    }

    private static Passage passage(int i) {
        String text = "Passage %d of some words. ".formatted(i).repeat(5 + i % 40);
        return new Passage("p" + i, "Title " + i, text, Map.of("kind", String.valueOf(i % 5)));
    }
}
