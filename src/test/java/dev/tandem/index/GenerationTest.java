package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.SmallIndex;
import dev.tandem.index.IndexManifest.FileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationTest {
    @TempDir private Path folder;

    @Test
    void damage_wholeGeneration_isNone() {
        assertThat(SmallIndex.build(folder).damage()).isEmpty();
    }

    @Test
    void damage_flippedBit_isFoundInEachFile() throws IOException {
        Generation generation = SmallIndex.build(folder);
        assertThat(generation.manifest().files()).hasSizeGreaterThan(2);
        for (FileEntry entry : generation.manifest().files()) {
            Path file = generation.folder().resolve(entry.path());
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, flipped(whole, whole.length / 2));

            assertThat(generation.damage())
                    .singleElement()
                    .asString()
                    .startsWith(file + " has the CRC-32C")
                    .endsWith("the manifest says " + entry.crc32c());

            Files.write(file, whole);
        }
        assertThat(generation.damage()).isEmpty();
    }

    @Test
    void damage_severalFiles_namesEach() throws IOException {
        Generation generation = GenerationFixture.publish(new IndexFolder(folder), 1);
        Files.delete(IndexLayout.graph(generation.folder()));
        Files.writeString(IndexLayout.passages(generation.folder()).resolve("segment"), "short");

        assertThat(generation.damage())
                .hasSize(2)
                .anyMatch(line -> line.endsWith("graph.jvector is missing"))
                .anyMatch(line -> line.contains("segment has 5 bytes, the manifest says 8"));
    }

    private static byte[] flipped(byte[] whole, int at) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 1;
        return damaged;
    }
}
