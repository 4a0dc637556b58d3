package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.PassageStore;
import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexBuilderTest {
    @TempDir private Path folder;
    private final List<String> told = new ArrayList<>();

    @Test
    void build_corpus_publishesWhatItHolds() {
        Generation built = SmallIndex.build(folder);

        var manifest = built.manifest();
        assertThat(manifest.passages()).isEqualTo(12);
        assertThat(manifest.dimension()).isEqualTo(384);
        assertThat(manifest.source().name()).isEqualTo("corpus.jsonl");
        assertThat(manifest.biEncoder().fingerprint())
                .isEqualTo(RealModels.biEncoder().fingerprint());
        assertThat(manifest.crossEncoder().tokenizer())
                .isEqualTo(RealModels.pairTokenizer().fingerprint());
        assertThat(new IndexFolder(index()).current()).isEqualTo(built);
        assertThat(built.damage()).isEmpty();
    }

    @Test
    void build_manyPassages_keepsTheirOrderAndTokens() throws IOException {
        int count = 150;
        Generation built = build(numbered(count), OnError.STOP);

        try (var store = PassageStore.open(built)) {
            assertThatCode(store::verify).doesNotThrowAnyException();
            for (int ordinal = 0; ordinal < count; ordinal++) {
                Passage passage = store.passage(ordinal);
                assertThat(passage.id()).isEqualTo("p" + ordinal);
                assertThat(store.tokenIds(ordinal))
                        .containsExactly(
                                RealModels.pairTokenizer().storableIds(passage.fullText()));
            }
        }
    }

    @Test
    void build_badLinesSkipped_tellsOfEachAndCountsThem() throws IOException {
        String corpus =
                """
                {"_id": "a", "text": "one"}
                {"_id": "a", "text": "again"}
                {"_id": "b", "text": ""}
                {"_id":
                {"_id": "c", "text": "two"}
                """;

        Generation built = build(corpus, OnError.SKIP);

        assertThat(built.manifest().passages()).isEqualTo(2);
        assertThat(told)
                .satisfiesExactly(
                        line -> assertThat(line).contains("corpus.jsonl:2: \"_id\" a came before"),
                        line -> assertThat(line).contains("corpus.jsonl:3: passage b has no text"),
                        line -> assertThat(line).contains("corpus.jsonl:4: not a JSON object"),
                        line ->
                                assertThat(line)
                                        .isEqualTo(
                                                "left out in all: 1 broken lines, 1 empty texts,"
                                                        + " 1 duplicate ids"));
    }

    @Test
    void build_badLineWithStop_leavesTheServedGeneration() throws IOException {
        Generation served = SmallIndex.build(folder);
        String corpus = numbered(30) + "{broken\n";

        assertThatThrownBy(() -> build(corpus, OnError.STOP))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("corpus.jsonl:31");

        assertThat(new IndexFolder(index()).current()).isEqualTo(served);
        assertThat(index().resolve("generations").toFile().list()).containsExactly(served.id());
    }

    @Test
    void build_noPassage_isRefusedAndLeavesTheServedGeneration() throws IOException {
        Generation served = SmallIndex.build(folder);

        assertThatThrownBy(() -> build("\n\n{broken\n", OnError.SKIP))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("corpus.jsonl has no passage to index")
                .hasMessageContaining("1 broken lines");

        assertThat(new IndexFolder(index()).current()).isEqualTo(served);
    }

    @Test
    void build_missingInput_makesNoFolder() {
        assertThatThrownBy(
                        () ->
                                builder()
                                        .build(
                                                folder.resolve("absent"),
                                                index(),
                                                BuildOptions.of(OnError.SKIP)))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("No input at " + folder.resolve("absent"));
        assertThat(index()).doesNotExist();
    }

    @Test
    void build_folderOfTexts_indexesThem() throws IOException {
        Path texts = Files.createDirectories(folder.resolve("texts"));
        Files.writeString(texts.resolve("a.md"), "# Tea\nGreen.\n# Bread\nBrown.\n");

        Generation built = builder().build(texts, index(), BuildOptions.of(OnError.STOP));

        try (var store = PassageStore.open(built)) {
            assertThat(store.passage(1).id()).isEqualTo("a.md#2");
            assertThat(store.passage(1).title()).isEqualTo("Bread");
        }
    }

    @Test
    void buildIfStale_sameInput_keepsTheGeneration() {
        Generation built = SmallIndex.build(folder);

        assertThat(builder().buildIfStale(folder.resolve("corpus.jsonl"), index()))
                .isEqualTo(built);
    }

    @Test
    void buildIfStale_changedInput_buildsAgain() throws IOException {
        Generation built = SmallIndex.build(folder);
        Path changed = write(numbered(3));

        Generation again = builder().buildIfStale(changed, index());

        assertThat(again.id()).isNotEqualTo(built.id());
        assertThat(again.manifest().passages()).isEqualTo(3);
    }

    @Test
    void buildIfStale_damagedGeneration_tellsAndBuildsAgain() throws IOException {
        Generation built = SmallIndex.build(folder);
        Files.delete(built.folder().resolve("graph.jvector"));

        Generation again = builder().buildIfStale(folder.resolve("corpus.jsonl"), index());

        assertThat(again.id()).isNotEqualTo(built.id());
        assertThat(again.damage()).isEmpty();
        assertThat(told).anyMatch(line -> line.contains("graph.jvector is missing"));
    }

    private Generation build(String corpus, OnError onError) throws IOException {
        return builder().build(write(corpus), index(), BuildOptions.of(onError));
    }

    private IndexBuilder builder() {
        return SmallIndex.builder(told::add);
    }

    private Path write(String corpus) throws IOException {
        return Files.writeString(folder.resolve("corpus.jsonl"), corpus);
    }

    private Path index() {
        return folder.resolve("index");
    }

    private static String numbered(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"_id\": \"p%d\", \"text\": \"passage %d\"}\n".formatted(i, i * i))
                .collect(Collectors.joining());
    }
}
