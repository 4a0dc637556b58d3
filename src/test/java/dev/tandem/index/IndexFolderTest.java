package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexFolderTest {
    @TempDir private Path folder;
    private Path manifest;
    private Path generation;

    @BeforeEach
    void publish() throws IOException {
        generation = GenerationFixture.publish(new IndexFolder(folder), 1).folder();
        manifest = generation.resolve("manifest.json");
    }

    @Test
    void current_wholeIndex_givesItsManifest() {
        Generation current = new IndexFolder(folder).current();

        assertThat(current.folder()).isEqualTo(generation);
        assertThat(current.manifest().passages()).isEqualTo(3);
    }

    @Test
    void current_noCurrent_saysHowToBuildOne() throws IOException {
        Files.delete(folder.resolve("CURRENT"));

        assertThat(new IndexFolder(folder).exists()).isFalse();
        assertThatCurrent()
                .hasMessageContaining("CURRENT is missing")
                .hasMessageContaining("index build");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc", "", "/etc", "a b", "..", "x\u0000y", "é"})
    void current_rubbishInCurrent_isNeverFollowed(String rubbish) throws IOException {
        Files.writeString(folder.resolve("CURRENT"), rubbish);

        assertThatCurrent()
                .hasMessageContaining(folder.resolve("CURRENT").toString())
                .hasMessageContaining("no generation's id");
    }

    @Test
    void current_binaryCurrent_isRefused() throws IOException {
        Files.write(folder.resolve("CURRENT"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0});

        assertThatCurrent().hasMessageContaining(folder.resolve("CURRENT").toString());
    }

    @Test
    void current_generationThatIsGone_namesItsManifest() throws IOException {
        Files.writeString(folder.resolve("CURRENT"), "20200101T000000-000\n");

        assertThatCurrent()
                .hasMessageContaining("20200101T000000-000")
                .hasMessageContaining("manifest.json is missing");
    }

    @Test
    void current_noManifest_namesIt() throws IOException {
        Files.delete(manifest);

        assertThatCurrent().hasMessageContaining(manifest + " is missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"format\": \"tandem-index\", \"vers",
                "{\"format\": \"tandem-index\", \"version\": 2, \"files\": 7}",
                "{\"format\": \"tandem-index\", \"version\": 2}",
                "{\"format\": \"tandem-index\", \"version\": 2, \"files\": [null]}"
            })
    void current_brokenManifest_isDamaged(String json) throws IOException {
        Files.writeString(manifest, json);

        assertThatCurrent().hasMessageContaining(manifest + " is damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{\"format\": \"other\", \"version\": 1}"})
    void current_anotherFormat_isNoManifest(String json) throws IOException {
        Files.writeString(manifest, json);

        assertThatCurrent()
                .hasMessageContaining(manifest + " is not the manifest of a Tandem index");
    }

    @Test
    void current_newerVersion_asksForANewerTandem() throws IOException {
        replaceInManifest("\"version\" : 2", "\"version\" : 3");

        assertThatCurrent()
                .hasMessageContaining(manifest + " has format version 3")
                .hasMessageContaining("newer Tandem");
    }

    @Test
    void current_olderVersion_asksForABuild() throws IOException {
        replaceInManifest("\"version\" : 2", "\"version\" : 1");

        assertThatCurrent()
                .hasMessageContaining(manifest + " has format version 1")
                .hasMessageContaining("Build the index again");
    }

    @Test
    void current_unknownFieldInManifest_isPassedOver() throws IOException {
        replaceInManifest("\"version\" : 2", "\"version\" : 2, \"note\" : \"added later\"");

        assertThat(new IndexFolder(folder).current().folder()).isEqualTo(generation);
    }

    @Test
    void current_missingFile_namesIt() throws IOException {
        Path graph = IndexLayout.graph(generation);
        Files.delete(graph);

        assertThatCurrent().hasMessageContaining(graph + " is missing");
    }

    @Test
    void current_truncatedFile_namesItAndBothLengths() throws IOException {
        Path graph = IndexLayout.graph(generation);
        Files.writeString(graph, "gr");

        assertThatCurrent()
                .hasMessageContaining(graph + " has 2 bytes")
                .hasMessageContaining("the manifest says 5");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatCurrent() {
        return assertThatThrownBy(() -> new IndexFolder(folder).current())
                .isInstanceOf(IndexException.class);
    }

    private void replaceInManifest(String part, String by) throws IOException {
        String json = Files.readString(manifest);
        assertThat(json).contains(part);
        Files.writeString(manifest, json.replace(part, by));
    }
}
