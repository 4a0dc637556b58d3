package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
    void current_generationThatIsGone_isNamed() throws IOException {
        Files.writeString(folder.resolve("CURRENT"), "20200101T000000-000\n");

        assertThatCurrent()
                .hasMessageContaining("20200101T000000-000")
                .hasMessageContaining(folder.resolve("CURRENT").toString())
                .hasMessageContaining("is missing");
    }

    @Test
    void current_noManifest_namesIt() throws IOException {
        Files.delete(manifest);

        assertThatCurrent().hasMessageContaining(manifest + " is missing");
    }

    @Test
    void current_changedManifest_isDamaged() throws IOException {
        String json = Files.readString(manifest);
        Files.writeString(manifest, json.replace("\"passages\" : 3", "\"passages\" : 4"));

        assertThatCurrent().hasMessageContaining(manifest + " is damaged");
    }

    @Test
    void current_folderWithAnothersManifest_isRefused() throws IOException {
        Generation other = GenerationFixture.publish(new IndexFolder(folder), 2);
        Files.copy(
                manifest,
                other.folder().resolve("manifest.json"),
                StandardCopyOption.REPLACE_EXISTING);

        assertThatCurrent()
                .hasMessageContaining(other.folder().toString())
                .hasMessageContaining("is the manifest of generation " + generation.getFileName());
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
}
