package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.model.Filter.Not;
import dev.tandem.model.Filter.OneOf;
import dev.tandem.model.IndexException;
import dev.tandem.model.MetadataValue.Text;
import dev.tandem.model.Passage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes that are not those that were written are never answered with. */
class DamagedStoreTest {
    private static final int PASSAGES = 200;
    private static final int FLIPS = 300;
    private static final int LOOKED_AT = 40;

    private final List<Passage> passages =
            IntStream.range(0, PASSAGES).mapToObj(DamagedStoreTest::passage).toList();
    private final Random random = new Random(20_261_123);

    @TempDir private Path folder;
    private Generation generation;

    /** What came of looking at a damaged store. */
    private static final class Tally {
        private int whole;
        private int refused;
    }

    @BeforeEach
    void write() {
        generation = StoreFixture.write(folder, passages);
    }

    @Test
    void read_aFlippedBit_isRightOrRefused() throws IOException {
        List<Path> files = files();
        var tally = new Tally();
        for (int flip = 0; flip < FLIPS; flip++) {
            Path file = files.get(random.nextInt(files.size()));
            byte[] whole = Files.readAllBytes(file);
            byte[] damaged = whole.clone();
            int at = random.nextInt(whole.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);

            look("%s, byte %d".formatted(file.getFileName(), at), tally);

            Files.write(file, whole);
        }

        // Neither may die out unseen.
        assertThat(tally.whole).isGreaterThan(FLIPS);
        assertThat(tally.refused).isGreaterThan(FLIPS / 10);
    }

    @ParameterizedTest
    @CsvSource({"_0.fdt, Passage", "_0_Lucene90_0.dvd, The token ids of passage"})
    void read_aFileCutShortWhileMapped_isRefused(String name, String what) throws IOException {
        Path file = store().resolve(name);
        try (var store = PassageStore.open(generation);
                var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);

            assertThatThrownBy(
                            () -> {
                                store.tokenIds(PASSAGES - 1);
                                store.passage(PASSAGES - 1);
                            })
                    .isInstanceOf(IndexException.class)
                    .hasMessageStartingWith(what)
                    .hasMessageContaining(store().toString());
        }
    }

    @Test
    void matching_aFlippedBitInTermsOrPoints_isRefusedAtTheFirstFilter() throws IOException {
        List<Path> terms =
                files().stream().filter(f -> f.toString().matches(".*[.](doc|ti.|kd.)")).toList();
        assertThat(terms).hasSizeGreaterThan(3);
        for (Path file : terms) {
            byte[] whole = Files.readAllBytes(file);
            byte[] damaged = whole.clone();
            damaged[whole.length / 2] ^= 1;
            Files.write(file, damaged);

            assertThatThrownBy(
                            () -> {
                                try (var store = PassageStore.open(generation)) {
                                    store.matching(new OneOf("kind", List.of(new Text("1"))));
                                }
                            })
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining(file.toString());
            Files.write(file, whole);
        }
    }

    @Test
    void verify_flippedTokens_namesThePassage() throws IOException {
        Path file = store().resolve("_0_Lucene90_0.dvd");
        byte[] whole = Files.readAllBytes(file);
        int at = indexOf(whole, TokenCodec.encode(StoreFixture.tokens(6)).bytes, 3);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (whole[at] ^ 1)}), at);
        }

        try (var store = PassageStore.open(generation)) {
            assertThat(store.tokenIds(5)).containsExactly(StoreFixture.tokens(5));
            assertThatThrownBy(() -> store.tokenIds(6))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("Passage 6 of " + store())
                    .hasMessageContaining("its token ids are not those");
            assertThatThrownBy(store::verify).isInstanceOf(IndexException.class);
        }
    }

    private void look(String where, Tally tally) {
        try (var store = PassageStore.open(generation)) {
            for (int i = 0; i < LOOKED_AT; i++) {
                int ordinal = random.nextInt(PASSAGES);
                count(
                        tally,
                        () ->
                                assertThat(store.passage(ordinal))
                                        .as(where)
                                        .isEqualTo(passages.get(ordinal)));
                count(
                        tally,
                        () ->
                                assertThat(store.tokenIds(ordinal))
                                        .as(where)
                                        .containsExactly(StoreFixture.tokens(ordinal)));
            }
            count(tally, () -> store.matching(new Not(new OneOf("kind", List.of(new Text("3"))))));
            count(tally, () -> store.ordinal("p7"));
        } catch (IndexException e) {
            tally.refused++;
        }
    }

    private static void count(Tally tally, Runnable look) {
        try {
            look.run();
            tally.whole++;
        } catch (IndexException e) {
            tally.refused++;
        }
    }

    private Path store() {
        return IndexLayout.passages(generation.folder());
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (var entry : generation.manifest().files()) {
            files.add(generation.folder().resolve(entry.path()));
        }
        return files;
    }

    private static int indexOf(byte[] bytes, byte[] part, int length) {
        return IntStream.range(0, bytes.length - length)
                .filter(at -> IntStream.range(0, length).allMatch(i -> bytes[at + i] == part[i]))
                .findFirst()
                .orElseThrow();
    }

    private static Passage passage(int i) {
        String text = "Passage %d, of %d words. ".formatted(i, i * 7 % 31).repeat(5 + i % 40);
        return new Passage(
                "p" + i,
                "Title " + i,
                text,
                Map.of("kind", String.valueOf(i % 5), "year", 1990 + i));
    }
}
