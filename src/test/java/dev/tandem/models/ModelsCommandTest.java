package dev.tandem.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.HubServer;
import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.hub.HubAccess;
import dev.tandem.model.ModelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsCommandTest {

    private static final Path SHIPPED = RealModels.FOLDER.resolve(RealModels.CROSS_ENCODER);

    @TempDir private Path models;

    private record Outcome(int exit, String out, String err) {}

    @Test
    void list_shippedModels_saysWhatTheyAreAndWhichAreInUse() {
        Outcome listed = run(RealModels.FOLDER, "list");

        assertThat(listed.exit()).as(listed.err()).isZero();
        assertThat(listed.out())
                .contains("bge-small-en-v1.5: the bi-encoder in use")
                .contains("tandem-minilm-l6: the cross-encoder in use", "tandem-minilm-l2")
                .contains("  bi-encoder, model_quantized.onnx, 34.7 MB")
                .contains("  cross-encoder, model_quantized.onnx, 24.4 MB")
                .contains("card, 512 tokens, cls pooling, MIT")
                .contains("256 tokens, blended with bge-small-en-v1.5, 2 canary pairs, Apache-2.0")
                .contains("all files are there");
    }

    @Test
    void list_brokenAndUnfinishedOnes_areToldApart() throws IOException {
        SmallModel small = SmallModel.in(models, "cross_encoder");
        Files.delete(small.path("tokenizer.json"));
        Files.createDirectories(models.resolve("empty"));
        Files.createDirectories(models.resolve(".other.pull").resolve("model"));

        Outcome listed = run(models, "list");

        assertThat(listed.exit()).isEqualTo(1);
        assertThat(listed.out())
                .contains("2 models")
                .contains("missing: tokenizer.json")
                .contains(
                        "no model: Model folder " + models.resolve("empty") + " has no ONNX graph")
                .doesNotContain(".other.pull");
        assertThat(listed.err())
                .contains("tandem.models.bi-encoder is bge-small-en-v1.5, which is not in")
                .contains("./tandem models pull");
    }

    @Test
    void check_shippedCrossEncoder_measuresItAndRecommendsOnePairARun() {
        Outcome checked = run(RealModels.FOLDER, "check", RealModels.CROSS_ENCODER);

        assertThat(checked.exit()).as(checked.err()).isZero();
        assertThat(checked.out())
                .contains("2 files are those that model.json describes")
                .contains("23,647,228 bytes, quantised")
                .contains("input_ids INT64[-1, -1]")
                .contains("logits FLOAT[-1, 1]")
                .containsPattern("canary +2 pairs, off by at most 0\\.[0-3]")
                .containsPattern("logits +4\\.\\d+ for a passage that answers, -6\\.")
                .contains("blend      \"blend\": {")
                .containsPattern("(?m)^ +tokens +batch 1 +batch 4 +batch 16$")
                .containsPattern("(?m)^ +128 +[0-9.]+ +[0-9.]+ +[0-9.]+$")
                .containsPattern("(?m)^ +256 ")
                .contains("batch      1 recommended: together, pairs change each other's logits")
                .endsWith("the model can be used%n".formatted());
    }

    @Test
    void check_shippedBiEncoder_saysItsDimensionAndComparesTexts() {
        Outcome checked = run(RealModels.FOLDER, "check", RealModels.BI_ENCODER, "--no-speed");

        assertThat(checked.exit()).as(checked.err()).isZero();
        assertThat(checked.out())
                .contains("kind       bi-encoder", "dimension  384")
                .containsPattern("cosines +0\\.[6-9]\\d+ for a passage that answers, 0\\.[3-6]")
                .contains("queries begin with \"Represent this sentence");
    }

    @Test
    void prepare_shippedCrossEncoder_canBeServedWithoutItsOriginal() {
        Outcome prepared =
                run(
                        RealModels.FOLDER,
                        "prepare",
                        RealModels.CROSS_ENCODER,
                        "--without-original",
                        "--to",
                        models.toString());

        assertThat(prepared.exit()).as(prepared.err()).isZero();
        assertThat(prepared.out())
                .contains(models.resolve(RealModels.CROSS_ENCODER) + ": prepared_fast.onnx")
                .doesNotContain("model_quantized.onnx");
        Outcome checked = run(models, "check", RealModels.CROSS_ENCODER, "--no-speed");
        assertThat(checked.exit()).as(checked.err()).isZero();
        assertThat(checked.out())
                .containsPattern("graph +prepared_(fast|exact)\\.onnx, [0-9,]+ bytes, quantised")
                .containsPattern("canary +2 pairs, off by at most 0\\.[0-3]");
        assertThat(run(models, "list").out()).contains("all files are there");
    }

    @Test
    void check_exportWithoutCard_saysWhatWasAssumed() throws IOException {
        Path folder = models.resolve("export");
        Files.createDirectories(folder.resolve("onnx"));
        Files.copy(SHIPPED.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.createLink(
                folder.resolve("onnx/model_quantized.onnx"), copied("model_quantized.onnx"));
        Files.writeString(
                folder.resolve("config.json"),
                "{\"architectures\": [\"BertForSequenceClassification\"], \"max_position_embeddings\": 300}");

        Outcome checked = run(models, "check", folder.toString(), "--no-speed");

        assertThat(checked.exit()).as(checked.err()).isZero();
        assertThat(checked.out())
                .contains("card       none")
                .containsPattern("assumed +300 tokens, .*; from config.json, the usual values")
                .contains("0 of 2 files have one in model.json")
                .contains("kind       cross-encoder")
                .contains("canary     no pairs in the card")
                .contains("--tune-blend fits one");
    }

    @Test
    void check_graphCutShort_namesTheFileAndBothChecksums() throws IOException {
        Path folder = Files.createDirectories(models.resolve("cut"));
        for (String name : new String[] {"model.json", "tokenizer.json"}) {
            Files.copy(SHIPPED.resolve(name), folder.resolve(name));
        }
        byte[] graph = Files.readAllBytes(SHIPPED.resolve("model_quantized.onnx"));
        Files.write(folder.resolve("model_quantized.onnx"), Arrays.copyOf(graph, 1_000_000));

        Outcome checked = run(models, "check", "cut");

        assertThat(checked.exit()).isEqualTo(1);
        assertThat(checked.err())
                .contains(
                        folder.resolve("model_quantized.onnx") + " (1000000 bytes) is not the file")
                .contains(
                        "expected 3726e432339385cf160838a5e2c78bc9438957df6ce426b6f79317b6a34a53ea");
        assertThat(checked.out()).doesNotContain("can be used");
    }

    @Test
    void check_canaryThatDoesNotHold_saysWhatItGot() {
        SmallModel.in(models, "cross_encoder")
                .card(
                        "\"activation\": \"sigmoid\", \"canary\": [{\"query\": \"a\", \"passage\": \"b\", \"logit\": 99, \"tolerance\": 0.1}]");

        Outcome checked = run(models, "check", "small");

        assertThat(checked.exit()).isEqualTo(1);
        assertThat(checked.err()).contains("canary pair", "model.json says 99.000 within 0.100");
    }

    @Test
    void check_floatGraph_pointsToQuantize() {
        SmallModel small =
                SmallModel.in(models, "cross_encoder").card("\"activation\": \"sigmoid\"");

        Outcome checked = run(models, "check", "small", "--no-speed");
        Outcome said = run(models, "quantize", "small");

        assertThat(checked.out()).contains("bytes, float", "./tandem models quantize");
        assertThat(said.exit()).as(said.err()).isZero();
        assertThat(said.out())
                .contains("pip install onnxruntime onnx")
                .contains("per_channel=True, reduce_range=False")
                .contains(
                        "'%s' '%s'"
                                .formatted(
                                        small.path("model.onnx"),
                                        small.path("model_quantized.onnx")))
                .contains("\"model\": \"model_quantized.onnx\"");
    }

    @Test
    void quantize_quantisedGraph_hasNothingToDo() {
        Outcome said = run(RealModels.FOLDER, "quantize", RealModels.CROSS_ENCODER);

        assertThat(said.exit()).isEqualTo(1);
        assertThat(said.err()).contains("8-bit numbers already");
    }

    @Test
    void pull_shippedModel_isCheckedAndReadyToUse() {
        try (var hub =
                HubServer.start()
                        .small(
                                "config.json",
                                "{\"architectures\": [\"BertForSequenceClassification\"]}")
                        .small("tokenizer.json", HubServer.bytes(SHIPPED.resolve("tokenizer.json")))
                        .large(
                                "onnx/model_quantized.onnx",
                                HubServer.bytes(SHIPPED.resolve("model_quantized.onnx")))) {
            Outcome pulled = run(models, hub, "pull", HubServer.ID, "--no-speed");

            assertThat(pulled.exit()).as(pulled.err()).isZero();
            assertThat(pulled.out())
                    .contains("Fetched %s at %s".formatted(HubServer.ID, HubServer.COMMIT))
                    .contains("2 files are those that model.json describes")
                    .contains("the model can be used")
                    .contains("= some-model");
            assertThat(pulled.err())
                    .contains("onnx/model_quantized.onnx: 23,647,228 bytes")
                    .contains("onnx/model_quantized.onnx: there");
        }
    }

    /** All of it came, and still it is of no use here: that is said, with both halves. */
    @Test
    void pull_whatIsNoModel_isWholeButFails() {
        try (var hub =
                HubServer.start()
                        .small("tokenizer.json", HubServer.bytes(SHIPPED.resolve("tokenizer.json")))
                        .large("model.onnx", new byte[] {1, 2, 3})) {
            Outcome pulled = run(models, hub, "pull", HubServer.ID);

            assertThat(pulled.exit()).isEqualTo(1);
            assertThat(pulled.out()).contains("no int8 graph");
            assertThat(pulled.err())
                    .contains("was fetched whole, but Tandem cannot use it")
                    .contains("cannot be loaded as an ONNX graph");
        }
    }

    private Path copied(String name) throws IOException {
        return Files.copy(SHIPPED.resolve(name), models.resolve(name));
    }

    private static Outcome run(Path models, String... arguments) {
        return run(models, "http://127.0.0.1:1", arguments);
    }

    private static Outcome run(Path models, HubServer hub, String... arguments) {
        return run(models, hub.endpoint(), arguments);
    }

    private static Outcome run(Path models, String endpoint, String[] arguments) {
        var config = new ModelsAt(models, RealModels.BI_ENCODER, RealModels.CROSS_ENCODER);
        var command =
                ModelsCommand.create(
                        config, () -> HubAccess.of(Optional.of(endpoint), Optional.empty()));
        var out = new StringWriter();
        var err = new StringWriter();
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        command.setExecutionExceptionHandler(
                (e, its, _) -> {
                    if (!(e instanceof ModelException)) {
                        throw e;
                    }
                    its.getErr().println(e.getMessage());
                    return 1;
                });
        int exit = command.execute(arguments);
        return new Outcome(exit, out.toString(), err.toString());
    }
}
