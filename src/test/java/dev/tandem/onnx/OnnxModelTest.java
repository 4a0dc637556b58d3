package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxModelTest {
    @TempDir private Path models;

    @Test
    void run_tokens_givesTheOutput() throws OrtException {
        try (var model = OnnxModel.open(SmallModel.in(models, "cross_encoder").card("").open())) {
            var input = new ModelInput(new long[] {2, 4, 3}, new long[3]);

            assertThat(model.run(input, "output")).containsExactly(0.2f + 0.4f + 0.3f);
        }
    }

    @Test
    void run_tokenVectors_areRowMajor() throws OrtException {
        try (var model = OnnxModel.open(SmallModel.in(models, "bi_encoder").card("").open())) {
            var input = new ModelInput(new long[] {10, 5}, new long[2]);

            assertThat(model.run(input, "output")).containsExactly(1, 1, 1, 1, 0.5f, 1, 0.5f, 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "missing_input, input_ids INT64",
        "additional_input, position_ids INT64",
        "int32_input, input_ids INT32"
    })
    void open_otherInputs_listsThemAndTheWanted(String graph, String got) {
        SmallModel model = SmallModel.in(models, graph).card("");

        assertThatThrownBy(() -> OnnxModel.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("model.onnx").toString())
                .hasMessageContaining(got)
                .hasMessageContaining("wanted are input_ids and attention_mask");
    }

    @Test
    void open_truncatedGraphWithoutCard_namesIt() throws IOException {
        byte[] whole = Files.readAllBytes(RealModels.folder(RealModels.CROSS_ENCODER).graph());
        SmallModel model = SmallModel.in(models, "cross_encoder");
        Files.write(model.path("model.onnx"), Arrays.copyOf(whole, whole.length / 2));

        assertThatThrownBy(() -> OnnxModel.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("model.onnx").toString())
                .hasMessageContaining("cut short");
    }

    @Test
    void open_emptyGraph_namesIt() throws IOException {
        SmallModel model = SmallModel.in(models, "cross_encoder");
        Files.write(model.path("model.onnx"), new byte[0]);

        assertThatThrownBy(() -> OnnxModel.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("model.onnx").toString());
    }
}
