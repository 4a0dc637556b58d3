package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.tandem.fixtures.RealModels;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelCard.Prepared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The shipped models, which are quantised with 8 bits (cross-encoder) and with 7. */
@TestInstance(Lifecycle.PER_CLASS)
class GraphPreparationTest {

    private static final CpuFeatures VNNI =
            new CpuFeatures("x86_64", List.of("avx2", "avx512_vnni"));
    private static final CpuFeatures AVX2 = new CpuFeatures("x86_64", List.of("avx2"));
    private static final Prepared ON_X86 =
            new Prepared("1.2.3", "x86_64", "fast.onnx", "exact.onnx");

    private static @TempDir Path models;

    @BeforeAll
    void prepare() {
        for (String name : List.of(RealModels.CROSS_ENCODER, RealModels.BI_ENCODER)) {
            GraphPreparation.prepare(RealModels.folder(name), models.resolve(name), false);
        }
    }

    @Test
    void prepared_crossEncoder_givesTheBitsOfTheOriginal() throws OrtException {
        ModelFolder original = RealModels.folder(RealModels.CROSS_ENCODER);
        ModelFolder prepared = ModelFolder.trust(models, RealModels.CROSS_ENCODER);

        assertThat(prepared.servedGraph()).isNotEqualTo(prepared.graph()).isRegularFile();
        assertThat(prepared.graph()).doesNotExist();
        try (var one = OnnxModel.open(original);
                var other = OnnxModel.open(prepared)) {
            for (int length : new int[] {5, 33, 77, 256}) {
                long[] ids = LongStream.range(0, length).map(i -> 2_000 + 31 * i).toArray();
                var input = new ModelInput(ids, new long[length]);
                assertThat(other.run(input, "logits")).isEqualTo(one.run(input, "logits"));
            }
        }
    }

    /** So indexes and kept scores stay of use. */
    @Test
    void prepared_models_areTheSameModels() {
        for (String name : List.of(RealModels.CROSS_ENCODER, RealModels.BI_ENCODER)) {
            String fingerprint = RealModels.folder(name).fingerprint();
            assertThat(ModelFolder.open(models, name).fingerprint()).isEqualTo(fingerprint);
            assertThat(ModelFolder.trust(models, name).fingerprint()).isEqualTo(fingerprint);
            ModelFolder.trust(models, name).verify();
        }
    }

    @Test
    void prepare_weightsOfSevenBits_needOneGraphForAllCpus() {
        var card = ModelFolder.open(models, RealModels.BI_ENCODER).card();

        assertThat(ModelFolder.names(models.resolve(RealModels.BI_ENCODER), card))
                .containsExactly("prepared_fast.onnx", "tokenizer.json");
    }

    @Test
    void fileFor_cpu_isTheOneWithoutLossThere() {
        assertThat(ON_X86.fileFor(VNNI, "1.2.3")).hasValue("fast.onnx");
        assertThat(ON_X86.fileFor(AVX2, "1.2.3")).hasValue("exact.onnx");
        assertThat(ON_X86.fileFor(AVX2, "1.2.4")).isEmpty();
        assertThat(ON_X86.fileFor(new CpuFeatures("aarch64", List.of()), "1.2.3")).isEmpty();
        assertThat(new Prepared("1.2.3", "x86_64", "fast.onnx", null).fileFor(AVX2, "1.2.3"))
                .isEmpty();
    }

    @Test
    void verify_preparedGraphWithOtherBytes_isRefusedByName(@TempDir Path other)
            throws IOException {
        Path folder = copy(RealModels.BI_ENCODER, other);
        byte[] graph = Files.readAllBytes(folder.resolve("prepared_fast.onnx"));
        graph[graph.length / 2] ^= 1;
        Files.write(folder.resolve("prepared_fast.onnx"), graph);

        ModelFolder trusted = ModelFolder.trust(other, RealModels.BI_ENCODER);

        assertThatThrownBy(trusted::verify)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("prepared_fast.onnx")
                .hasMessageContaining("expected");
    }

    @Test
    void open_preparedGraphThatIsMissing_isRefusedByName(@TempDir Path other) throws IOException {
        Path folder = copy(RealModels.BI_ENCODER, other);
        Files.delete(folder.resolve("prepared_fast.onnx"));

        assertThatThrownBy(() -> ModelFolder.trust(other, RealModels.BI_ENCODER))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("prepared_fast.onnx is missing");
    }

    @Test
    void servedGraph_ofAnotherRuntime_isTheOriginalOrAnErrorThatSaysWhatToDo(@TempDir Path other)
            throws IOException {
        Path folder = copy(RealModels.BI_ENCODER, other);
        ModelCard card = CardFile.read(folder);
        CardFile.write(
                folder,
                card.with(
                        card.sha256(),
                        new Prepared("1.2.3", "x86_64", "prepared_fast.onnx", null)));

        assertThatThrownBy(ModelFolder.trust(other, RealModels.BI_ENCODER)::servedGraph)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("prepared for ONNX Runtime 1.2.3 on x86_64")
                .hasMessageContaining("this is ONNX Runtime " + OnnxModel.runtimeVersion())
                .hasMessageContaining("./tandem models prepare");

        Path original = RealModels.folder(RealModels.BI_ENCODER).graph();
        Files.createLink(folder.resolve(card.model()), original.toAbsolutePath());
        ModelFolder whole = ModelFolder.open(other, RealModels.BI_ENCODER);
        assertThat(whole.servedGraph()).isEqualTo(whole.graph());
    }

    @Test
    void prepare_withTheOriginal_keepsItBeside(@TempDir Path other) {
        ModelFolder source = RealModels.folder(RealModels.CROSS_ENCODER);

        ModelCard card = GraphPreparation.prepare(source, other.resolve("kept"), true);

        assertThat(ModelFolder.names(other.resolve("kept"), card))
                .contains("prepared_fast.onnx", "model_quantized.onnx", "tokenizer.json");
        ModelFolder.open(other, "kept").verify();
    }

    @Test
    void prepare_whatIsThereOrPreparedAlready_isRefused(@TempDir Path other) {
        ModelFolder source = RealModels.folder(RealModels.CROSS_ENCODER);
        ModelFolder prepared = ModelFolder.trust(models, RealModels.CROSS_ENCODER);

        assertThatThrownBy(() -> GraphPreparation.prepare(source, prepared.path(), true))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is there already");
        assertThatThrownBy(() -> GraphPreparation.prepare(prepared, other.resolve("two"), true))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is prepared already");
    }

    @Test
    void card_withPreparedGraphs_isReadAsItWasWritten() {
        ModelCard card = CardFile.read(models.resolve(RealModels.CROSS_ENCODER));

        assertThat(card.prepared()).isNotNull();
        assertThat(card.sha256())
                .containsAllEntriesOf(
                        Map.copyOf(RealModels.folder(RealModels.CROSS_ENCODER).card().sha256()));
        assertThat(card.canary()).hasSize(2);
    }

    private static Path copy(String name, Path to) throws IOException {
        Path folder = Files.createDirectories(to.resolve(name));
        try (var files = Files.list(models.resolve(name))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        return folder;
    }
}
