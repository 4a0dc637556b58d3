package dev.tandem.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.onnx.CardFile;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelCard.Blend;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code tandem evaluate --tune-blend} on a part of the sample collection, with its own models. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TuneBlendTest {

    private static final Path HANDBOOK = Path.of("samples", "handbook");
    private static final Path SHIPPED = RealModels.FOLDER.resolve(RealModels.CROSS_ENCODER);

    private Path folder = Path.of("");
    private Path card = Path.of("");

    private record Outcome(int exit, String out, String err) {}

    @BeforeAll
    void build(@TempDir Path temp) throws IOException {
        folder = temp;
        SmallIndex.build(temp, Files.readString(HANDBOOK.resolve("corpus.jsonl")));
        Path models = Files.createDirectories(temp.resolve("models"));
        Path biEncoder = RealModels.FOLDER.resolve(RealModels.BI_ENCODER).toAbsolutePath();
        Files.createSymbolicLink(models.resolve(RealModels.BI_ENCODER), biEncoder);
        Path mine = Files.createDirectories(models.resolve(RealModels.CROSS_ENCODER));
        for (String name : List.of("model_quantized.onnx", "tokenizer.json", CardFile.NAME)) {
            Files.copy(SHIPPED.resolve(name), mine.resolve(name));
        }
        card = mine.resolve(CardFile.NAME);
    }

    @Test
    void tuneBlend_handbook_printsFiguresOfBothAndLeavesTheCard() throws IOException {
        Outcome tuned = run("--tune-blend", "--sample", "25", "--candidate-count", "20");

        assertThat(tuned.exit()).as(tuned.err()).isZero();
        assertThat(tuned.out())
                .contains("25 queries, each ranked by weights fitted on the other 4 of 5 folds")
                .containsPattern("stage 1 +0\\.[3-9]")
                .containsPattern(
                        "current +0\\.[3-9]\\d+ +sigmoid\\(0\\.2676 logit \\+ 21\\.4071 similarity - 18\\.2216\\)")
                .containsPattern("tuned +0\\.[3-9]")
                .containsPattern("difference +[+-]0\\.\\d+ +95 %: [+-]0\\.\\d+ to [+-]0\\.\\d+")
                .contains("--write puts them into " + card, "\"blend\": {\"logit\":");
        assertThat(card).hasSameTextualContentAs(SHIPPED.resolve(CardFile.NAME));
    }

    @Test
    void tuneBlend_write_putsTheWeightsIntoTheCard() throws IOException {
        Path mine = folder.resolve("models").resolve(RealModels.CROSS_ENCODER);
        // The opposite of the logit: fitted weights are better on any CPU.
        CardFile.setBlend(mine, new Blend(-0.5, 0, 0, RealModels.BI_ENCODER));
        ModelCard before = CardFile.read(mine);

        Outcome tuned = run("--tune-blend", "--write", "--sample", "25", "--candidate-count", "20");

        ModelCard after = CardFile.read(mine);
        Files.copy(SHIPPED.resolve(CardFile.NAME), card, StandardCopyOption.REPLACE_EXISTING);
        assertThat(tuned.exit()).as(tuned.err()).isZero();
        assertThat(tuned.err()).contains("Written to " + card);
        Blend blend = Objects.requireNonNull(after.blend());
        assertThat(blend).isNotEqualTo(before.blend());
        assertThat(tuned.out()).contains(CardFile.text(blend));
        assertThat(after.canary()).isEqualTo(before.canary());
        assertThat(after.sha256()).isEqualTo(before.sha256());
    }

    @Test
    void tuneBlend_fewQueries_isRefused() {
        Outcome tuned = run("--tune-blend", "--sample", "5", "--candidate-count", "10");

        assertThat(tuned.exit()).isEqualTo(1);
        assertThat(tuned.err()).contains("got 5 judged queries, expected 20 or more");
    }

    @Test
    void options_thatExcludeEachOther_exitWithTwo() {
        assertThat(run("--write").exit()).isEqualTo(2);
        assertThat(run("--write").err()).contains("--write: got it alone");
        for (String[] other :
                List.of(
                        new String[] {"--budget-ms", "100"},
                        new String[] {"--order", "REPLACE"},
                        new String[] {"--early-stop"})) {
            List<String> arguments = new ArrayList<>(List.of(other));
            arguments.add("--tune-blend");

            Outcome refused = run(arguments.toArray(String[]::new));

            assertThat(refused.exit()).isEqualTo(2);
            assertThat(refused.err()).contains("leave out --budget-ms, --order and --early-stop");
        }
    }

    private Outcome run(String... more) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--index", folder.resolve("index").toString()));
        arguments.addAll(List.of("--queries", HANDBOOK.resolve("queries.jsonl").toString()));
        arguments.addAll(List.of("--qrels", HANDBOOK.resolve("qrels.tsv").toString()));
        arguments.addAll(List.of(more));
        var config =
                new ModelsAt(
                        folder.resolve("models"), RealModels.BI_ENCODER, RealModels.CROSS_ENCODER);
        var command =
                new CommandLine(
                        new EvaluateCommand(
                                config,
                                Settings.CANDIDATES,
                                Settings.RERANK,
                                Settings.NO_CASCADE,
                                Settings.NO_REMOTE));
        var out = new StringWriter();
        var err = new StringWriter();
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        command.setExecutionExceptionHandler(
                (e, its, _) -> {
                    its.getErr().println(e.getMessage());
                    return 1;
                });
        int exit = command.execute(arguments.toArray(String[]::new));
        return new Outcome(exit, out.toString(), err.toString());
    }
}
