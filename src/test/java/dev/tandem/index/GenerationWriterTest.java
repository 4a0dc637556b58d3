package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationWriterTest {
    @TempDir private Path folder;
    private IndexFolder index;

    @BeforeEach
    void openFolder() {
        index = new IndexFolder(folder);
    }

    @Test
    void publish_secondGeneration_becomesTheServedOne() throws IOException {
        Generation first = GenerationFixture.publish(index, 1);
        Generation second = GenerationFixture.publish(index, 2);

        assertThat(index.current()).isEqualTo(second);
        assertThat(first.folder()).as("may still be read").isDirectory();
        assertThat(Files.readString(folder.resolve("CURRENT")).strip()).isEqualTo(second.id());
    }

    @Test
    void publish_files_areListedWithLengthAndChecksum() throws IOException {
        Generation published = GenerationFixture.publish(index, 1);

        assertThat(published.manifest().files())
                .extracting(IndexManifest.FileEntry::path)
                .containsExactly("graph.jvector", "passages/segment");
        assertThat(published.bytes()).isEqualTo(5 + 8);
        assertThat(index.current().damage()).isEmpty();
    }

    @Test
    void publish_anyGeneration_saysWhenItWasMade() throws IOException {
        var clock = Clock.fixed(Instant.parse("2026-03-01T10:20:30.456Z"), ZoneOffset.UTC);
        try (var writer = GenerationWriter.open(index, clock)) {
            Generation published = GenerationFixture.fill(writer);

            assertThat(published.id()).isEqualTo("20260301T102030-456");
            assertThat(published.manifest().created()).isEqualTo("2026-03-01T10:20:30.456Z");
        }
    }

    @Test
    void close_unpublished_leavesTheServedGenerationAndNoFiles() throws IOException {
        Generation served = GenerationFixture.publish(index, 1);
        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(2))) {
            Files.writeString(writer.folder().resolve("half"), "done");
        }

        assertThat(index.current()).isEqualTo(served);
        assertThat(folder.resolve("generations").toFile().list()).containsExactly(served.id());
    }

    @Test
    void publish_manifestCannotBeMade_leavesTheServedGeneration() throws IOException {
        Generation served = GenerationFixture.publish(index, 1);
        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(2))) {
            assertThatThrownBy(
                            () ->
                                    writer.publish(
                                            _ -> {
                                                throw new IllegalStateException("no manifest");
                                            }))
                    .hasMessage("no manifest");
        }

        assertThat(index.current()).isEqualTo(served);
    }

    @Test
    void open_leftoversOfAKilledBuild_removesThem() throws IOException {
        Path leftover = folder.resolve("generations").resolve("20250101T000000-000.building");
        Files.createDirectories(leftover.resolve("passages"));
        Files.writeString(leftover.resolve("passages").resolve("segment"), "half");

        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(1))) {
            assertThat(leftover).doesNotExist();
            assertThat(writer.folder()).isEmptyDirectory();
        }
    }

    @Test
    void open_anotherWriterOpen_isRefused() throws IOException {
        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(1))) {
            assertThatThrownBy(() -> GenerationWriter.open(index, GenerationFixture.clock(2)))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining("Another build")
                    .hasMessageContaining(folder.toString());
            assertThat(writer.folder()).exists();
        }
    }

    @Test
    void open_afterTheOtherWriterClosed_opens() throws IOException {
        GenerationWriter.open(index, GenerationFixture.clock(1)).close();

        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(2))) {
            assertThat(writer.folder()).exists();
        }
    }
}
