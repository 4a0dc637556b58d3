package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFolderTest {
    @TempDir private Path folder;
    private final List<String> told = new ArrayList<>();
    private final InputProblems problems = new InputProblems(OnError.SKIP, told::add);

    @Test
    void forEach_markdown_givesAPassageASectionInTheOrderOfThePaths() throws IOException {
        write("b.txt", "Plain text.");
        write("a/guide.md", "Before.\n\n# Install\n\nRun it.\n\n## Limits\n\nNone.\n");
        write("a/picture.png", "no text");

        assertThat(read())
                .containsExactly(
                        new Passage(
                                "a/guide.md#1",
                                "a/guide.md",
                                "Before.",
                                Map.of("file", "a/guide.md")),
                        new Passage(
                                "a/guide.md#2",
                                "Install",
                                "Run it.",
                                Map.of("file", "a/guide.md", "heading", "Install")),
                        new Passage(
                                "a/guide.md#3",
                                "Limits",
                                "None.",
                                Map.of("file", "a/guide.md", "heading", "Limits")),
                        new Passage("b.txt#1", "b.txt", "Plain text.", Map.of("file", "b.txt")));
        assertThat(told).isEmpty();
    }

    @Test
    void forEach_plainText_takesNumberSignsAsText() throws IOException {
        write("a.txt", "# not a heading\n\ntext");

        assertThat(read()).extracting(Passage::text).containsExactly("# not a heading\ntext");
    }

    @Test
    void forEach_byteOrderMark_isNoPartOfTheText() throws IOException {
        write("a.md", "\uFEFF# Title\n\ntext");

        assertThat(read())
                .extracting(Passage::title, Passage::text)
                .containsExactly(tuple("Title", "text"));
    }

    @Test
    void forEach_emptyFile_isToldAndCounted() throws IOException {
        write("a.md", " \n\n");
        write("b.md", "text");

        assertThat(read()).extracting(Passage::id).containsExactly("b.md#1");
        assertThat(told).singleElement().asString().contains("a.md: the file is empty");
        assertThat(problems.summary()).isEqualTo("1 empty texts");
    }

    @Test
    void forEach_invalidUtf8_isToldAndCounted() throws IOException {
        Files.write(folder.resolve("a.md"), new byte[] {'c', 'a', 'f', (byte) 0xE9});
        write("b.md", "text");

        assertThat(read()).extracting(Passage::id).containsExactly("b.md#1");
        assertThat(told).singleElement().asString().contains("a.md: the file is not UTF-8");
        assertThat(problems.summary()).isEqualTo("1 broken lines");
    }

    @Test
    void open_noTextFiles_isRefused() throws IOException {
        write("a.pdf", "x");

        assertThatThrownBy(() -> Corpus.open(folder))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("No .txt or .md files in " + folder);
    }

    @Test
    void crc32c_changedText_differs() throws IOException {
        write("a.md", "one");
        String before = Corpus.open(folder).crc32c();
        write("a.md", "two");

        assertThat(Corpus.open(folder).crc32c()).isNotEqualTo(before);
    }

    /** A file's path is in the ids of its passages. */
    @Test
    void crc32c_renamedFile_differs() throws IOException {
        write("a.md", "one");
        String before = Corpus.open(folder).crc32c();
        Files.move(folder.resolve("a.md"), folder.resolve("b.md"));

        assertThat(Corpus.open(folder).crc32c()).isNotEqualTo(before);
    }

    private List<Passage> read() {
        List<Passage> passages = new ArrayList<>();
        Corpus.open(folder).forEach(passages::add, problems);
        return passages;
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
