package dev.tandem.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.model.InvalidRequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgementsTest {
    private static final String QUERIES =
            """
            {"_id": "q2", "text": "second"}

            {"_id": "q1", "text": "first", "metadata": {}}
            {"_id": "q3", "text": "unjudged"}
            """;
    private static final String QRELS = "query-id\tcorpus-id\tscore\nq1\tp1\t2\nq2\tp9\t1\n";

    @TempDir private Path folder;

    @Test
    void read_judgedQueries_comeInTheOrderOfTheirFile() throws IOException {
        assertThat(read(QUERIES, QRELS))
                .containsExactly(
                        new Judged("q2", "second", Map.of("p9", 1)),
                        new Judged("q1", "first", Map.of("p1", 2)));
    }

    @Test
    void read_queryWithoutRelevantPassage_isLeftOut() throws IOException {
        String qrels = QRELS + "q3\tp1\t0\nq3\tp2\t-1\n";

        assertThat(read(QUERIES, qrels)).extracting(Judged::id).containsExactly("q2", "q1");
    }

    @Test
    void read_noHeader_takesTheFirstLine() throws IOException {
        assertThat(read(QUERIES, "q3\tp7\t1\n"))
                .containsExactly(new Judged("q3", "unjudged", Map.of("p7", 1)));
    }

    @Test
    void read_windowsLineEnds_readsTheGrades() throws IOException {
        assertThat(read(QUERIES, QRELS.replace("\n", "\r\n"))).hasSize(2);
    }

    @Test
    void read_numericQueryId_equalsItsText() throws IOException {
        assertThat(read("{\"_id\": 7, \"text\": \"x\"}", "7\tp1\t1"))
                .extracting(Judged::id)
                .containsExactly("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"q1\tp1", "q1\tp1\t0\t2", "q1 p1 2", "q1\tp1\trelevant", "q1\tp1\t1.5"})
    void read_brokenJudgement_namesFileAndLine(String line) {
        assertThatThrownBy(() -> read(QUERIES, QRELS + line))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("qrels.tsv:4")
                .hasMessageContaining("grade");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"_id\": \"q4\"",
                "[]",
                "{\"text\": \"no id\"}",
                "{\"_id\": \"q4\"}",
                "{\"_id\": \"q4\", \"text\": 4}",
                "{\"_id\": \"q4\", \"text\": \"  \"}",
                "{\"_id\": null, \"text\": \"x\"}"
            })
    void read_brokenQuery_namesFileAndLine(String line) {
        assertThatThrownBy(() -> read(QUERIES + line, QRELS))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("queries.jsonl:5");
    }

    @Test
    void read_filesOfOtherCorpora_saysThatNothingIsJudged() {
        assertThatThrownBy(() -> read(QUERIES, "other\tp1\t1\n"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("No query")
                .hasMessageContaining("qrels.tsv");
    }

    @Test
    void read_missingFile_namesIt() {
        assertThatThrownBy(
                        () ->
                                Judgements.read(
                                        folder.resolve("absent.jsonl"), write("qrels.tsv", QRELS)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("absent.jsonl");
    }

    private List<Judged> read(String queries, String qrels) throws IOException {
        return Judgements.read(write("queries.jsonl", queries), write("qrels.tsv", qrels));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
