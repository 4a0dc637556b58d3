package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {
    private static final String GOOD = "{\"_id\": \"good\", \"text\": \"fine\"}";

    @TempDir private Path folder;
    private final List<String> told = new ArrayList<>();
    private final InputProblems problems = new InputProblems(OnError.SKIP, told::add);

    @Test
    void forEach_goodLine_givesAllItsFields() throws IOException {
        assertThat(read("{\"_id\": \"a\", \"title\": \"T\", \"text\": \"x\", \"n\": 1, \"s\": []}"))
                .containsExactly(new Passage("a", "T", "x", Map.of("n", 1, "s", List.of())));
        assertThat(problems.total()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"_id": "b", "text": "x"          | not a JSON object
                    {"_id": "b", "text": "x"} trailing | not a JSON object
                    plain words                        | not a JSON object
                    []                                 | not a JSON object
                    "b"                                | not a JSON object
                    null                               | expected a JSON object
                    {"text": "x"}                      | "_id": got nothing
                    {"_id": "", "text": "x"}           | "_id" is empty
                    {"_id": true, "text": "x"}         | "_id": got Boolean
                    {"_id": 1.5, "text": "x"}          | "_id": got Double
                    {"_id": ["b"], "text": "x"}        | "_id": got ArrayList
                    {"_id": "b"}                       | "text": got nothing
                    {"_id": "b", "text": null}         | "text": got nothing
                    {"_id": "b", "text": 7}            | "text": got Integer
                    {"_id": "b", "text": {"a": 1}}     | "text": got LinkedHashMap
                    {"_id": "b", "text": "x", "title": 7} | "title": got Integer
                    {"_id": "b", "_id": "c", "text": "x"} | Duplicate field '_id'
                    {"_id": "b", "text": "x", "m": {"k": 1, "k": 2}} | Duplicate field 'k'
                    """)
    void forEach_brokenLine_isToldWithItsNumberAndLeftOut(String line, String detail)
            throws IOException {
        assertThat(read("\n" + line + "\n" + GOOD + "\n"))
                .extracting(Passage::id)
                .containsExactly("good");
        assertThat(told).singleElement().asString().contains("corpus.jsonl:2: ").contains(detail);
        assertThat(problems.summary()).isEqualTo("1 broken lines");
    }

    @Test
    void forEach_invalidUtf8_costsItsLineOnly() throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("{\"_id\": \"a\", \"text\": \"caf".getBytes(StandardCharsets.UTF_8));
        bytes.write(0xE9);
        bytes.writeBytes(("\"}\n" + GOOD + "\n").getBytes(StandardCharsets.UTF_8));

        assertThat(read(bytes.toByteArray())).extracting(Passage::id).containsExactly("good");
        assertThat(told).singleElement().asString().contains("corpus.jsonl:1: ").contains("UTF-8");
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "'  ', '\\t\\n'", "' ', '\\u2003'"})
    void forEach_emptyText_isToldAndCounted(String title, String text) throws IOException {
        String line = "{\"_id\": \"e\", \"title\": \"" + title + "\", \"text\": \"" + text + "\"}";

        assertThat(read(line + "\n" + GOOD)).extracting(Passage::id).containsExactly("good");
        assertThat(told).singleElement().asString().contains(":1: passage e has no text");
        assertThat(problems.summary()).isEqualTo("1 empty texts");
    }

    @Test
    void forEach_titleWithoutText_isAPassage() throws IOException {
        assertThat(read("{\"_id\": \"t\", \"title\": \"Only a title\", \"text\": \"\"}"))
                .hasSize(1);
    }

    @Test
    void forEach_duplicateId_keepsTheFirst() throws IOException {
        assertThat(read(GOOD + "\n" + GOOD.replace("fine", "second") + "\n"))
                .extracting(Passage::text)
                .containsExactly("fine");
        assertThat(told).singleElement().asString().contains(":2: \"_id\" good came before");
        assertThat(problems.summary()).isEqualTo("1 duplicate ids");
    }

    @Test
    void forEach_numericId_isItsDigits() throws IOException {
        assertThat(read("{\"_id\": 7, \"text\": \"x\"}\n{\"_id\": \"7\", \"text\": \"y\"}"))
                .extracting(Passage::id, Passage::text)
                .containsExactly(tuple("7", "x"));
        assertThat(problems.summary()).isEqualTo("1 duplicate ids");
    }

    @Test
    void forEach_byteOrderMark_isPassedOver() throws IOException {
        assertThat(read("\uFEFF" + GOOD)).extracting(Passage::id).containsExactly("good");
        assertThat(told).isEmpty();
    }

    @Test
    void forEach_windowsLineEndsAndBlankLines_areNoProblem() throws IOException {
        assertThat(read("\r\n" + GOOD + "\r\n \t\r\n{\"_id\": \"b\", \"text\": \"x\"}\r\n\r\n"))
                .extracting(Passage::id)
                .containsExactly("good", "b");
        assertThat(told).isEmpty();
    }

    @Test
    void forEach_lastLineWithoutLineFeed_isRead() throws IOException {
        assertThat(read(GOOD)).hasSize(1);
    }

    @Test
    void forEach_emptyFile_hasNoPassage() throws IOException {
        assertThat(read("")).isEmpty();
    }

    @Test
    void forEach_loneSurrogate_becomesAReplacementCharacter() throws IOException {
        String text = "half \\ud83d of \\ude00, whole \\ud83d\\ude00";

        assertThat(
                        read(
                                "{\"_id\": \"\\udc00\", \"title\": \"\\ud800\", \"text\": \""
                                        + text
                                        + "\"}"))
                .containsExactly(
                        new Passage(
                                "\uFFFD",
                                "\uFFFD",
                                "half \uFFFD of \uFFFD, whole \ud83d\ude00",
                                Map.of()));
    }

    @Test
    void forEach_stop_endsAtTheFirstProblem() throws IOException {
        Path file = write((GOOD + "\nbroken\n").getBytes(StandardCharsets.UTF_8));
        var stop = new InputProblems(OnError.STOP, told::add);

        assertThatThrownBy(() -> Corpus.open(file).forEach(_ -> {}, stop))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("corpus.jsonl:2: not a JSON object")
                .hasMessageContaining("--on-error skip");
    }

    @Test
    void estimate_file_isItsNumberOfLines() throws IOException {
        Path file = write((GOOD + "\n" + GOOD + "\n").getBytes(StandardCharsets.UTF_8));

        assertThat(Corpus.open(file).estimate()).isEqualTo(2);
    }

    @Test
    void open_nothingThere_saysWhatItWants() {
        assertThatThrownBy(() -> Corpus.open(folder.resolve("absent")))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("absent")
                .hasMessageContaining("JSON lines");
    }

    private List<Passage> read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private List<Passage> read(byte[] bytes) throws IOException {
        List<Passage> passages = new ArrayList<>();
        Corpus.open(write(bytes)).forEach(passages::add, problems);
        return passages;
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("corpus.jsonl"), bytes);
    }
}
