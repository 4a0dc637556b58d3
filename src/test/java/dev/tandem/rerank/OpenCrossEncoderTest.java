package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.Device;
import dev.tandem.onnx.OnnxModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ONNX Runtime as it is built for the CPU has no CUDA: a real failure. */
class OpenCrossEncoderTest {

    @TempDir private Path models;

    @ParameterizedTest
    @CsvSource({"CUDA, true", "AUTO, true", "AUTO, false", "CPU, false"})
    void open_deviceThatDoesNotWork_servesOnTheCpu(DeviceChoice asked, boolean fallback) {
        var folder = small().open();
        try (var opened = OpenCrossEncoder.open(folder, asked, fallback, () -> {});
                var plain = OnnxCrossEncoder.open(folder)) {
            assertThat(opened.scorer().device()).isEqualTo("cpu");
            assertThat(opened.scorer().largestBatch()).isEqualTo(1);
            assertThat(opened.standIn()).isNull();
            assertThat(opened.first().numerics()).isEqualTo(plain.numerics());
        }
    }

    @Test
    void open_cudaWithoutFallback_isRefusedAndSaysWhatToDo() {
        SmallModel model = small();

        assertThatThrownBy(
                        () ->
                                OpenCrossEncoder.open(
                                        model.open(), DeviceChoice.CUDA, false, () -> {}))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tandem.rerank.device: expected cuda")
                .hasMessageContaining(model.path("model.onnx") + " cannot be loaded on cuda")
                .hasMessageContaining("-Pgpu")
                .hasMessageContaining("tandem.rerank.gpu-fallback=true");
    }

    @Test
    void open_modelThatIsBroken_isRefusedOnEveryDevice() {
        var biEncoder = RealModels.folder(RealModels.BI_ENCODER);

        assertThatThrownBy(
                        () -> OpenCrossEncoder.open(biEncoder, DeviceChoice.AUTO, true, () -> {}))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("a cross-encoder needs");
    }

    @Test
    void openModel_onCuda_neverRunsOnTheCpuUnsaid() {
        var folder = small().open();

        assertThatThrownBy(() -> OnnxModel.open(folder, Device.CUDA))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("cannot be loaded on cuda");
    }

    private SmallModel small() {
        return SmallModel.in(models, "cross_encoder").card("");
    }
}
