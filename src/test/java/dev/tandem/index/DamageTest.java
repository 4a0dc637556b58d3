package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.SmallIndex;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real generation, damaged at random: each damage is told, with the file's name. */
@TestInstance(Lifecycle.PER_CLASS)
class DamageTest {
    private static final int FLIPS_A_SEED = 250;
    private static final int CUTS_A_SEED = 50;

    @TempDir private static Path folder;
    private Generation generation;
    private IndexFolder index;

    @BeforeAll
    void build() {
        generation = SmallIndex.build(folder);
        index = new IndexFolder(folder.resolve("index"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void lease_full_tellsOfEachChangedByte(long seed) throws IOException {
        var random = new Random(seed);
        for (int i = 0; i < FLIPS_A_SEED; i++) {
            Path file = any(files(), random);
            byte[] whole = Files.readAllBytes(file);
            byte[] changed = whole.clone();
            changed[random.nextInt(whole.length)] ^= (byte) (1 + random.nextInt(255));
            assertTold(Verify.FULL, file, whole, changed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7, 8})
    void lease_lengths_tellsOfEachCut(long seed) throws IOException {
        var random = new Random(seed);
        for (int i = 0; i < CUTS_A_SEED; i++) {
            Path file = any(files(), random);
            byte[] whole = Files.readAllBytes(file);
            byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
            assertTold(Verify.LENGTHS, file, whole, cut);
        }
    }

    @Test
    void lease_full_namesEveryDamagedFile() throws IOException {
        List<Path> damaged =
                List.of(
                        IndexLayout.graph(generation.folder()),
                        generation
                                .folder()
                                .resolve(generation.manifest().files().getLast().path()));
        for (Path file : damaged) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".away"));
        }
        try {
            assertThatThrownBy(() -> index.lease(Verify.FULL))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining(damaged.getFirst() + " is missing")
                    .hasMessageContaining(damaged.getLast() + " is missing");
        } finally {
            for (Path file : damaged) {
                Files.move(file.resolveSibling(file.getFileName() + ".away"), file);
            }
        }
    }

    @Test
    void unexpected_extraFile_isNamed() throws IOException {
        Path extra = generation.folder().resolve("passages").resolve("extra");
        Files.writeString(extra, "who put this here?");

        assertThat(generation.unexpected()).containsExactly(extra + " is not in the manifest");
        assertThat(generation.damage()).as("it harms no reader").isEmpty();

        Files.delete(extra);
        assertThat(generation.unexpected()).isEmpty();
    }

    @AfterEach
    void assertWholeAgain() {
        assertThat(index.current().damage()).isEmpty();
    }

    private void assertTold(Verify verify, Path file, byte[] whole, byte[] damaged)
            throws IOException {
        Files.write(file, damaged);
        try {
            assertThatThrownBy(() -> index.lease(verify).close())
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining(file + " ")
                    .hasMessageMatching(".*(damaged|CRC-32C|bytes).*");
        } finally {
            Files.write(file, whole);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> tree = Files.walk(generation.folder())) {
            return tree.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() > 0)
                    .sorted()
                    .toList();
        }
    }

    private static Path any(List<Path> files, Random random) {
        return files.get(random.nextInt(files.size()));
    }
}
