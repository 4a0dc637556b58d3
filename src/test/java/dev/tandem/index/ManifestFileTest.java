package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestFileTest {
    @TempDir private Path folder;
    private Path file;
    private byte[] whole = {};

    @BeforeEach
    void publish() throws IOException {
        file = GenerationFixture.publish(new IndexFolder(folder), 1).folder();
        file = file.resolve("manifest.json");
        whole = Files.readAllBytes(file);
    }

    @Test
    void read_written_isTheSame() {
        IndexManifest manifest = ManifestFile.read(file);

        assertThat(manifest.version()).isEqualTo(3);
        assertThat(manifest.files()).hasSize(2);
        assertThat(new String(whole, StandardCharsets.UTF_8))
                .startsWith("{\n  \"format\" : \"tandem-index\",\n  \"version\" : 3,\n")
                .containsPattern(",\n  \"checksum\" : \"[0-9a-f]{8}\"\n}\n$");
    }

    @Test
    void read_anyChangedByte_isReported() throws IOException {
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(file, flipped);

            assertThatRead().as("byte %d", at).hasMessageContaining("damaged");
        }
    }

    @Test
    void read_cutAtAnyLength_isReported() throws IOException {
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            assertThatRead().as("%d bytes", length).hasMessageContaining("damaged");
        }
    }

    @Test
    void read_anythingBehindIt_isReported() throws IOException {
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));

        assertThatRead().hasMessageContaining("damaged");
    }

    @Test
    void read_missing_isReported() throws IOException {
        Files.delete(file);

        assertThatRead().hasMessageContaining(" is missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "7",
                "not JSON",
                "{\"format\": \"other\", \"version\": 3}",
                "{\n  \"format\" : \"other\"\n}"
            })
    void read_foreign_isNoManifest(String text) throws IOException {
        Files.writeString(file, text);

        assertThatRead()
                .hasMessageContaining("is not the manifest of a Tandem index")
                .hasMessageContaining("tandem.index.dir");
    }

    @Test
    void read_foreignWithARightChecksum_isNoManifest() throws IOException {
        Files.write(file, ManifestFile.sealed("{\n  \"format\" : \"other\"\n}"));

        assertThatRead().hasMessageContaining("is not the manifest of a Tandem index");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void read_olderVersion_asksForABuild(int version) throws IOException {
        Files.writeString(
                file, "{\"format\": \"tandem-index\", \"version\": %d}".formatted(version));

        assertThatRead()
                .hasMessageContaining("has format version " + version + ", which is too old")
                .hasMessageContaining("Build the index again");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void read_newerVersion_asksForANewerTandem(boolean sealed) throws IOException {
        String json = "{\n  \"format\" : \"tandem-index\",\n  \"version\" : 4\n}";
        Files.write(
                file, sealed ? ManifestFile.sealed(json) : json.getBytes(StandardCharsets.UTF_8));

        assertThatRead()
                .hasMessageContaining("has format version 4, which is too new")
                .hasMessageContaining("Use a newer Tandem");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\n  \"format\" : \"tandem-index\",\n  \"version\" : 3\n}",
                "{\n  \"format\" : \"tandem-index\",\n  \"version\" : 3,\n  \"files\" : 7\n}",
                "{\n  \"format\" : \"tandem-index\",\n  \"version\" : 3,\n  \"files\" : [null]\n}"
            })
    void read_rightChecksumOverWrongFields_isDamaged(String json) throws IOException {
        Files.write(file, ManifestFile.sealed(json));

        assertThatRead().hasMessageContaining("damaged");
    }

    @Test
    void read_fieldAddedLater_isPassedOver() throws IOException {
        String json = new String(whole, StandardCharsets.UTF_8);
        String added = json.substring(0, json.indexOf(",\n  \"checksum\"")) + ",\n  \"x\" : 1\n}";
        Files.write(file, ManifestFile.sealed(added));

        assertThat(ManifestFile.read(file).passages()).isEqualTo(3);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatRead() {
        return assertThatThrownBy(() -> ManifestFile.read(file))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(file.toString());
    }
}
