package dev.tandem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Commands;
import dev.tandem.fixtures.Commands.Outcome;
import dev.tandem.fixtures.Doors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The offline commands, from their arguments to their exit codes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TandemTest {

    private static final List<String> TOPICS =
            List.of("rivers and lakes", "steam engines", "sourdough bread", "chess openings");

    private Path folder = Path.of("");
    private Outcome built = new Outcome(-1, "", "");

    @BeforeAll
    void build(@TempDir Path temp) throws IOException {
        folder = temp;
        List<String> corpus =
                IntStream.range(0, TOPICS.size())
                        .mapToObj(
                                i ->
                                        "{\"_id\": \"p%d\", \"title\": \"\", \"text\": \"All about %s.\", \"added\": \"2025-01-0%d\", \"words\": %d}"
                                                .formatted(i, TOPICS.get(i), i + 1, i))
                        .toList();
        Files.write(path("corpus.jsonl"), corpus);
        Files.write(path("corpus.jsonl"), List.of("{not json"), StandardOpenOption.APPEND);
        Files.write(
                path("queries.jsonl"),
                List.of(
                        "{\"_id\": \"q1\", \"text\": \"how do I bake sourdough?\"}",
                        "{\"_id\": \"q2\", \"text\": \"first moves in chess\"}"));
        Files.write(
                path("qrels.tsv"), List.of("query-id\tcorpus-id\tscore", "q1\tp2\t1", "q2\tp3\t2"));
        built = run("index", "build", "--input", at("corpus.jsonl"), "--index", at("index"));
    }

    @Test
    void indexBuild_oneBrokenLine_buildsTheRestAndTellsOfIt() {
        assertThat(built.exit()).as(built.err()).isZero();
        assertThat(built.out()).startsWith("Generation ").contains(": 4 passages, ");
        assertThat(built.err())
                .contains("left out: " + at("corpus.jsonl") + ":5: not a JSON object")
                .contains("left out in all: 1 broken lines");
    }

    @Test
    void indexBuild_stopOnError_failsAndServesTheOldGeneration() throws IOException {
        String current = Files.readString(path("index").resolve("CURRENT"));

        Outcome stopped =
                run(
                        "index",
                        "build",
                        "--input",
                        at("corpus.jsonl"),
                        "--index",
                        at("index"),
                        "--on-error",
                        "stop");

        assertThat(stopped.exit()).isEqualTo(1);
        assertThat(stopped.err()).contains("corpus.jsonl:5: not a JSON object", "--on-error skip");
        assertNoStackTrace(stopped);
        assertThat(path("index").resolve("CURRENT")).hasContent(current);
    }

    @Test
    void indexBuild_missingInput_saysWhatToGive() {
        Outcome failed = run("index", "build", "--input", at("none.jsonl"), "--index", at("x"));

        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).contains("No input at " + at("none.jsonl"), "JSON lines");
        assertNoStackTrace(failed);
        assertThat(path("x")).doesNotExist();
    }

    @Test
    void indexBuild_missingModels_namesTheFolder() {
        Outcome failed =
                Commands.run(
                        folder,
                        Map.of("TANDEM_MODELS_DIR", at("no-models")),
                        "index",
                        "build",
                        "--input",
                        at("corpus.jsonl"),
                        "--index",
                        at("x"));

        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).contains(at("no-models"));
        assertNoStackTrace(failed);
    }

    @Test
    void command_configurationOutOfRange_isRefusedByName() {
        Outcome failed =
                Commands.run(
                        folder,
                        Map.of("TANDEM_RERANK_CONCURRENCY", "0"),
                        "index",
                        "info",
                        "--index",
                        at("index"));

        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).contains("tandem.rerank.concurrency");
        assertNoStackTrace(failed);
    }

    @Test
    void indexInfo_anIndex_describesIt() {
        Outcome info = run("index", "info", "--index", at("index"));

        assertThat(info.exit()).as(info.err()).isZero();
        assertThat(info.out())
                .contains("generation ", "corpus.jsonl")
                .contains("float32, dimension 384, cosine, no codes")
                .contains("bge-small-en-v1.5", "tandem-minilm-l6")
                .containsPattern("passages +4")
                .containsPattern("hot records +all: the graph is held whole")
                .containsPattern(
                        "memory +needs 0.1 MB, and about 0.2 MB for each search at a time");
    }

    @Test
    void indexInfo_metadata_namesTheFieldsToFilterBy() {
        Outcome info = run("index", "info", "--index", at("index"));

        assertThat(info.exit()).as(info.err()).isZero();
        assertThat(info.out())
                .containsPattern("fields +2 to filter by")
                .contains("  added: string, date", "  words: number");
    }

    @Test
    void indexVerify_aWholeIndex_saysSo() {
        Outcome verified = run("index", "verify", "--index", at("index"));

        assertThat(verified.exit()).as(verified.err()).isZero();
        assertThat(verified.out()).contains(" is whole: ", "4 passages.");
    }

    @Test
    void indexVerify_oneFlippedByte_namesTheFile() throws IOException {
        copyIndex(path("flipped"));
        Path damaged = largestFile(path("flipped"));
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length / 2] ^= 1;
        Files.write(damaged, bytes);

        Outcome verified = run("index", "verify", "--index", at("flipped"));

        assertThat(verified.exit()).isEqualTo(1);
        assertThat(verified.err()).contains(damaged.getFileName().toString());
        assertNoStackTrace(verified);
    }

    @Test
    void indexVerify_aTruncatedFile_namesTheFile() throws IOException {
        copyIndex(path("truncated"));
        Path damaged = largestFile(path("truncated"));
        byte[] bytes = Files.readAllBytes(damaged);
        Files.write(damaged, Arrays.copyOf(bytes, bytes.length - 1));

        Outcome verified = run("index", "verify", "--index", at("truncated"));

        assertThat(verified.exit()).isEqualTo(1);
        assertThat(verified.err()).contains(damaged.getFileName().toString());
        assertNoStackTrace(verified);
    }

    @Test
    void indexVerify_severalDamages_namesEachAndExtraFiles() throws IOException {
        copyIndex(path("several"));
        Path largest = largestFile(path("several"));
        Path extra = Files.writeString(largest.resolveSibling("extra"), "?");
        Files.writeString(largest, "short");

        Outcome verified = run("index", "verify", "--index", at("several"));

        assertThat(verified.exit()).isEqualTo(1);
        assertThat(verified.err())
                .contains(largest + " has 5 bytes", extra + " is not in the manifest");
        assertNoStackTrace(verified);
    }

    @Test
    void indexPrune_oldGenerations_removesThem() throws IOException {
        copyIndex(path("pruned"));
        Path old = path("pruned").resolve("generations").resolve("20200101T000000-000");
        Files.createDirectories(old);

        Outcome kept = run("index", "prune", "--index", at("pruned"));
        assertThat(kept.out()).contains("0 generations removed");
        assertThat(old).exists();
        Outcome pruned = run("index", "prune", "--index", at("pruned"), "--keep", "1");

        assertThat(pruned.exit()).as(pruned.err()).isZero();
        assertThat(pruned.out()).contains("removed generation 20200101T000000-000", "1 generation");
        assertThat(old).doesNotExist();
        assertThat(run("index", "verify", "--index", at("pruned")).exit()).isZero();
    }

    @Test
    void keep_none_exitsWithTwo() {
        for (String[] command :
                new String[][] {
                    {"index", "prune", "--index", at("index"), "--keep", "0"},
                    {"index", "build", "--input", "x", "--index", "y", "--keep", "0"}
                }) {
            var commandLine = Tandem.commandLine();
            var err = new StringWriter();
            commandLine.setErr(new PrintWriter(err));

            assertThat(commandLine.execute(command)).isEqualTo(2);
            assertThat(err.toString()).contains("--keep: got 0, expected 1 or more");
        }
    }

    @Test
    void index_missing_saysHowToBuildOne() {
        for (String command : List.of("info", "verify", "prune")) {
            Outcome failed = run("index", command, "--index", at("none"));

            assertThat(failed.exit()).isEqualTo(1);
            assertThat(failed.err()).contains("No index at " + at("none"), "./tandem index build");
            assertNoStackTrace(failed);
        }
    }

    @Test
    void evaluate_json_printsOneObjectAndNothingElse() {
        Outcome evaluated = evaluate("--json", "--candidate-count", "10");
        JsonNode report = Doors.json(evaluated.out());

        assertThat(evaluated.exit()).as(evaluated.err()).isZero();
        assertThat(evaluated.out().strip().lines()).hasSize(1);
        assertThat(names(report))
                .containsExactly("queries", "candidateCount", "stage1", "twoStage", "latencyMs");
        assertThat(names(report.path("stage1"))).containsExactly("ndcg10", "mrr10", "recall");
        assertThat(names(report.path("twoStage"))).containsExactly("ndcg10", "mrr10", "scored");
        assertThat(names(report.path("latencyMs"))).containsExactly("mean", "p50", "p95", "p99");
        assertThat(report.path("queries").asInt()).isEqualTo(2);
        assertThat(report.path("candidateCount").asInt()).isEqualTo(10);
        assertThat(report.at("/stage1/recall").asDouble()).isEqualTo(1);
        assertThat(report.at("/twoStage/ndcg10").asDouble()).isEqualTo(1);
        assertThat(report.at("/twoStage/scored").asDouble()).isEqualTo(4);
        assertThat(report.at("/latencyMs/p50").asDouble()).isPositive();
    }

    @Test
    void evaluate_budgetMs_answersInStageOnesOrder() {
        Outcome evaluated = evaluate("--json", "--budget-ms", "1");
        JsonNode report = Doors.json(evaluated.out());

        assertThat(evaluated.exit()).as(evaluated.err()).isZero();
        assertThat(report.at("/twoStage/ndcg10")).isEqualTo(report.at("/stage1/ndcg10"));
        assertThat(report.at("/twoStage/mrr10")).isEqualTo(report.at("/stage1/mrr10"));
    }

    @Test
    void indexBuild_longPassages_isInTheIndex() {
        Outcome made =
                run(
                        "index",
                        "build",
                        "--input",
                        at("corpus.jsonl"),
                        "--index",
                        at("chunked"),
                        "--long-passages",
                        "chunkMax");

        assertThat(made.exit()).as(made.err()).isZero();
        assertThat(run("index", "info", "--index", at("chunked")).out())
                .contains("long passages  chunkMax");
        assertThat(run("index", "info", "--index", at("index")).out())
                .contains("long passages  default");
    }

    @Test
    void evaluate_otherOrders_areObeyed() {
        for (String order : List.of("blend", "replace", "rrf")) {
            Outcome evaluated =
                    evaluate("--json", "--order", order, "--long-passages", "bestPassage");

            assertThat(evaluated.exit()).as(evaluated.err()).isZero();
            assertThat(Doors.json(evaluated.out()).at("/twoStage/ndcg10").asDouble()).isEqualTo(1);
        }
    }

    @Test
    void commands_unknownNames_exitWithTwoAndNameTheKnown() {
        var commandLine = Tandem.commandLine();
        var err = new StringWriter();
        commandLine.setErr(new PrintWriter(err));

        assertThat(commandLine.execute(evaluateArguments("--order", "best"))).isEqualTo(2);
        assertThat(commandLine.execute(evaluateArguments("--long-passages", "tail"))).isEqualTo(2);
        assertThat(err.toString())
                .contains("--order", "got 'best', expected blend, replace or rrf")
                .contains("--long-passages", "got 'tail', expected head, chunkMax or bestPassage");
    }

    @Test
    void modelsList_shippedModels_areAllThere() {
        Outcome listed = run("models", "list");

        assertThat(listed.exit()).as(listed.err()).isZero();
        assertThat(listed.out()).contains("the bi-encoder in use", "the cross-encoder in use");
    }

    @Test
    void models_missingOrUnreachable_failWithoutAStackTrace() {
        Outcome checked = run("models", "check", "none");
        assertThat(checked.exit()).isEqualTo(1);
        assertThat(checked.err()).contains("No model folder ", "tandem.models.dir");
        assertNoStackTrace(checked);

        Outcome pulled =
                Commands.run(
                        folder,
                        Map.of("HF_ENDPOINT", "http://127.0.0.1:1", "HF_TOKEN", "secret"),
                        "models",
                        "pull",
                        "owner/name");
        assertThat(pulled.exit()).isEqualTo(1);
        assertThat(pulled.err())
                .contains("owner/name at main: what it is did not come from http://127.0.0.1:1")
                .doesNotContain("secret");
        assertNoStackTrace(pulled);
    }

    @Test
    void commands_wrongArguments_exitWithTwo() {
        var commandLine = Tandem.commandLine();
        var err = new StringWriter();
        commandLine.setErr(new PrintWriter(err));

        assertThat(commandLine.execute()).isEqualTo(2);
        assertThat(commandLine.execute("index")).isEqualTo(2);
        assertThat(commandLine.execute("index", "build")).isEqualTo(2);
        assertThat(commandLine.execute("models")).isEqualTo(2);
        assertThat(commandLine.execute("models", "pull")).isEqualTo(2);
        assertThat(commandLine.execute("nonsense")).isEqualTo(2);
        assertThat(err.toString())
                .contains("Say what to do", "Say build, info, verify or prune", "--input")
                .contains("Say list, check, prepare, pull or quantize", "ID");
    }

    @Test
    void evaluate_numbersOutOfBounds_exitWithTwo() {
        for (String[] bad :
                new String[][] {
                    {"--budget-ms", "0"}, {"--candidate-count", "9"}, {"--sample", "0"}
                }) {
            var commandLine = Tandem.commandLine();
            var err = new StringWriter();
            commandLine.setErr(new PrintWriter(err));

            assertThat(commandLine.execute(evaluateArguments(bad))).isEqualTo(2);
            assertThat(err.toString()).contains(bad[0] + ": got " + bad[1] + ", expected");
        }
    }

    private Outcome run(String... arguments) {
        return Commands.run(folder, Map.of(), arguments);
    }

    private Outcome evaluate(String... more) {
        return run(evaluateArguments(more));
    }

    private String[] evaluateArguments(String... more) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", "--index", at("index")));
        arguments.addAll(List.of("--queries", at("queries.jsonl"), "--qrels", at("qrels.tsv")));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private void copyIndex(Path to) throws IOException {
        try (Stream<Path> files = Files.walk(path("index"))) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(path("index").relativize(file)));
            }
        }
    }

    private static Path largestFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(f -> f.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void assertNoStackTrace(Outcome outcome) {
        assertThat(outcome.err()).doesNotContain("\tat ", "Exception");
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private Path path(String name) {
        return folder.resolve(name);
    }

    private String at(String name) {
        return path(name).toString();
    }
}
