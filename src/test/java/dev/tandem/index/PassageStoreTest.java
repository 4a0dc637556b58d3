package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassageStoreTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "👩‍🚀 flew 🚀",
                "مرحبا بالعالم",
                "nul \u0000 inside",
                "\u2028 line \r\n ends \t",
                "\ud83d\ude00",
                "\uFFFF \uFEFF"
            })
    void passage_anyUnicode_comesBack(String text) {
        var passage = new Passage("id " + text, "title " + text, text, Map.of("key " + text, text));

        try (var store = open(List.of(passage))) {
            assertThat(store.passage(0)).isEqualTo(passage);
        }
    }

    @Test
    void passage_oneMegabyte_comesBack() {
        String text = "wörter 語 ".repeat(80_000);
        assertThat(text.length()).isGreaterThan(640_000);

        try (var store = open(List.of(passage("long", text)))) {
            assertThat(store.passage(0).text()).isEqualTo(text);
        }
    }

    @Test
    void passage_metadata_keepsItsTypes() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("string", "7");
        metadata.put("int", 7);
        metadata.put("long", 7_000_000_000L);
        metadata.put("double", 7.5);
        metadata.put("boolean", true);
        metadata.put("null", null);
        metadata.put("list", List.of(1, "two", List.of()));
        metadata.put("object", Map.of("deep", Map.of("er", 0.1)));

        try (var store = open(List.of(new Passage("id", "", "text", metadata)))) {
            assertThat(store.passage(0).metadata()).isEqualTo(metadata);
            assertThat(store.passage(0).metadata().keySet())
                    .containsExactlyElementsOf(metadata.keySet());
        }
    }

    @Test
    void tokenIds_eachPassage_areItsOwn() {
        List<Passage> passages =
                IntStream.range(0, 500).mapToObj(i -> passage("p" + i, "text " + i)).toList();

        try (var store = open(passages)) {
            for (int ordinal = 499; ordinal >= 0; ordinal--) {
                assertThat(store.tokenIds(ordinal)).containsExactly(StoreFixture.tokens(ordinal));
                assertThat(store.passage(ordinal).id()).isEqualTo("p" + ordinal);
            }
            assertThatCode(store::verify).doesNotThrowAnyException();
        }
    }

    @Test
    void open_otherNumberOfPassages_isRefused() {
        Generation generation =
                StoreFixture.write(folder, List.of(passage("a", "x"), passage("b", "y")), 3);

        assertThatThrownBy(() -> PassageStore.open(generation))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(generation.folder().resolve("passages").toString())
                .hasMessageContaining("holds 2 passages")
                .hasMessageContaining("the manifest says 3");
    }

    @Test
    void open_noStore_isRefused() throws IOException {
        Generation generation = GenerationFixture.publish(new IndexFolder(folder), 1);

        assertThatThrownBy(() -> PassageStore.open(generation))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(generation.folder().resolve("passages").toString());
    }

    @Test
    void open_truncatedStore_isRefused() throws IOException {
        Generation generation = StoreFixture.write(folder, List.of(passage("a", "x")));
        for (IndexManifest.FileEntry entry : generation.manifest().files()) {
            Path file = generation.folder().resolve(entry.path());
            Files.write(file, new byte[0]);
        }

        assertThatThrownBy(() -> PassageStore.open(generation))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("cannot be read");
    }

    private PassageStore open(List<Passage> passages) {
        return PassageStore.open(StoreFixture.write(folder, passages));
    }

    private static Passage passage(String id, String text) {
        return new Passage(id, "", text, Map.of());
    }
}
