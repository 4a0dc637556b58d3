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

    @Test
    void open_refusedTwice_leavesTheFirstWriterItsLock() throws IOException, InterruptedException {
        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(1))) {
            assertThatThrownBy(() -> GenerationWriter.open(index, GenerationFixture.clock(2)))
                    .isInstanceOf(IndexException.class);

            // POSIX would have dropped the lock if the refused one had opened the file.
            assertThat(Reader.buildLock(folder)).isEqualTo("refused");
            assertThat(writer.folder()).exists();
        }
        assertThat(Reader.buildLock(folder)).isEqualTo("taken");
    }

    @Test
    void close_keptForResume_leavesTheFolderForResume() throws IOException {
        Path kept;
        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(1))) {
            Path work = Files.createDirectories(IndexLayout.work(writer.folder()));
            kept = Files.writeString(work.resolve("checkpoint"), "half");
            writer.keepForResume();
        }
        assertThat(kept).exists();

        try (var writer = GenerationWriter.resume(index, GenerationFixture.clock(2))) {
            assertThat(IndexLayout.work(writer.folder())).isEqualTo(kept.getParent());
            assertThat(kept).hasContent("half");
            Generation published = GenerationFixture.fill(writer);

            assertThat(published.id()).isEqualTo("20231114T221321-000");
            assertThat(published.manifest().created()).isEqualTo("2023-11-14T22:13:21Z");
            assertThat(published.manifest().files()).hasSize(2);
        }
        assertThat(index.current().damage()).isEmpty();
        assertThat(index.current().unexpected()).as("work is for builds").isEmpty();
    }

    @Test
    void resume_killedWhenItsWorkWasDiscarded_opensANewOne() throws IOException {
        Path left = leftover("20250102T000000-000.building");
        Files.move(IndexLayout.work(left), left.resolve("work.discarded"));

        try (var writer = GenerationWriter.resume(index, GenerationFixture.clock(1))) {
            assertThat(writer.folder()).isEmptyDirectory();
            assertThat(left).doesNotExist();
        }
    }

    @Test
    void resume_severalLeftovers_takesTheNewestAndRemovesTheRest() throws IOException {
        Path generations = folder.resolve("generations");
        Path older = leftover("20250101T000000-000.building");
        Path newer = leftover("20250102T000000-000.building");
        Path foreign = leftover("notes.building");

        try (var writer = GenerationWriter.resume(index, GenerationFixture.clock(1))) {
            assertThat(writer.folder()).isEqualTo(newer);
            assertThat(newer.resolve("passages").resolve("segment")).exists();
            assertThat(older).doesNotExist();
            assertThat(foreign).doesNotExist();
        }
        assertThat(generations).as("nobody said keep").isEmptyDirectory();
    }

    @Test
    void resume_nothingLeft_opensANewOne() throws IOException {
        try (var writer = GenerationWriter.resume(index, GenerationFixture.clock(1))) {
            assertThat(writer.folder().getFileName()).hasToString("20231114T221321-000.building");
            assertThat(writer.folder()).isEmptyDirectory();
        }
    }

    @Test
    void resume_killedWhilePublishing_doesNotListTheOldManifest() throws IOException {
        Path left = leftover("20250102T000000-000.building");
        Files.writeString(left.resolve("manifest.json"), "half");

        try (var writer = GenerationWriter.resume(index, GenerationFixture.clock(1))) {
            assertThat(GenerationFixture.fill(writer).manifest().files())
                    .extracting(IndexManifest.FileEntry::path)
                    .containsExactly("graph.jvector", "passages/segment");
        }
    }

    @Test
    void open_keptBuildThere_startsAfresh() throws IOException {
        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(1))) {
            Files.writeString(writer.folder().resolve("checkpoint"), "half");
            writer.keepForResume();
        }

        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(1))) {
            assertThat(writer.folder()).isEmptyDirectory();
        }
    }

    private Path leftover(String name) throws IOException {
        Path left = folder.resolve("generations").resolve(name);
        Files.createDirectories(left.resolve("passages"));
        Files.createDirectories(IndexLayout.work(left));
        Files.writeString(left.resolve("passages").resolve("segment"), "half");
        return left;
    }
}
