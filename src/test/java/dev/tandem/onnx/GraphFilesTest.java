package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphFilesTest {

    private static final List<String> SENTENCE_TRANSFORMERS =
            List.of(
                    "config.json",
                    "model.safetensors",
                    "onnx/model.onnx",
                    "onnx/model_O1.onnx",
                    "onnx/model_O4.onnx",
                    "onnx/model_qint8_arm64.onnx",
                    "onnx/model_qint8_avx512.onnx",
                    "onnx/model_qint8_avx512_vnni.onnx",
                    "onnx/model_quint8_avx2.onnx");

    private static final List<String> XENOVA =
            List.of(
                    "onnx/model.onnx",
                    "onnx/model_bnb4.onnx",
                    "onnx/model_fp16.onnx",
                    "onnx/model_int8.onnx",
                    "onnx/model_q4.onnx",
                    "onnx/model_quantized.onnx",
                    "onnx/model_uint8.onnx");

    @ParameterizedTest
    @CsvSource({
        "x86_64, avx2 avx512f avx512_vnni, onnx/model_qint8_avx512_vnni.onnx",
        "x86_64, avx2 avx_vnni, onnx/model_qint8_avx512_vnni.onnx",
        "x86_64, avx2 avx512f amx_int8, onnx/model_qint8_avx512_vnni.onnx",
        "x86_64, avx2 avx512f, onnx/model_qint8_avx512.onnx",
        "x86_64, avx2, onnx/model_quint8_avx2.onnx",
        "x86_64, '', onnx/model_quint8_avx2.onnx",
        "aarch64, asimd asimddp i8mm, onnx/model_qint8_arm64.onnx",
        "aarch64, '', onnx/model_qint8_arm64.onnx"
    })
    void bestFor_graphsForCpus_takesThatForTheCpu(String arch, String has, String best) {
        var cpu = new CpuFeatures(arch, List.of(has.split(" ")));

        assertThat(GraphFiles.bestFor(cpu, SENTENCE_TRANSFORMERS)).contains(best);
    }

    @ParameterizedTest
    @CsvSource({"x86_64, avx512_vnni", "x86_64, avx2", "aarch64, asimd"})
    void bestFor_graphsForAnyCpu_takesTheQuantised(String arch, String has) {
        var cpu = new CpuFeatures(arch, List.of(has));

        assertThat(GraphFiles.bestFor(cpu, XENOVA)).contains("onnx/model_quantized.onnx");
    }

    @Test
    void bestFor_quantisedForAnotherCpuOnly_takesItBeforeFloat() {
        var arm = new CpuFeatures("aarch64", List.of("asimd"));

        assertThat(
                        GraphFiles.bestFor(
                                arm, List.of("onnx/model.onnx", "onnx/model_quint8_avx2.onnx")))
                .contains("onnx/model_quint8_avx2.onnx");
    }

    @Test
    void bestFor_noInt8_takesFloatAndNeverSixteenBits() {
        var cpu = new CpuFeatures("x86_64", List.of("avx2"));

        assertThat(GraphFiles.bestFor(cpu, List.of("onnx/model_fp16.onnx", "model.onnx")))
                .contains("model.onnx");
        assertThat(GraphFiles.bestFor(cpu, List.of("a_fp16.onnx", "b_q4.onnx"))).isEmpty();
        assertThat(GraphFiles.bestFor(cpu, List.of("only.onnx", "x.json"))).contains("only.onnx");
        assertThat(GraphFiles.bestFor(cpu, List.of("x.json"))).isEmpty();
    }

    @Test
    void dataOf_aGraph_isWhatBelongsToIt() {
        assertThat(
                        GraphFiles.dataOf(
                                "onnx/model.onnx",
                                List.of(
                                        "onnx/model.onnx",
                                        "onnx/model.onnx_data",
                                        "onnx/model.onnx_data_1",
                                        "onnx/model.onnx.data",
                                        "onnx/model_fp16.onnx_data",
                                        "model.onnx_data")))
                .containsExactly(
                        "onnx/model.onnx.data", "onnx/model.onnx_data", "onnx/model.onnx_data_1");
    }

    @Test
    void isQuantised_realGraphs_tellsThemApart(@TempDir Path models) throws IOException {
        assertThat(GraphFiles.isQuantised(RealModels.folder(RealModels.CROSS_ENCODER).graph()))
                .isTrue();
        assertThat(GraphFiles.isQuantised(RealModels.folder(RealModels.BI_ENCODER).graph()))
                .isTrue();
        assertThat(
                        GraphFiles.isQuantised(
                                SmallModel.in(models, "cross_encoder").path("model.onnx")))
                .isFalse();
    }
}
