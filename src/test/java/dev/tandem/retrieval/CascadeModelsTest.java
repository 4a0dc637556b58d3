package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.rerank.OpenCascade;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CascadeModelsTest {

    private static final ModelsAt SHIPPED =
            new ModelsAt(RealModels.FOLDER, RealModels.BI_ENCODER, RealModels.CROSS_ENCODER);

    @Test
    void open_smallModel_sharesTheTokenizerAndIsMeasured() {
        try (var models = open(RealModels.SMALL_CROSS_ENCODER)) {
            OpenCascade cascade = Objects.requireNonNull(models.cascade());
            var small = cascade.small();
            var large = models.crossEncoder();

            assertThat(cascade.share()).isEqualTo(0.25);
            assertThat(small.tokenizer()).isSameAs(large.tokenizer());
            assertThat(small.cost().predict(1, 100)).isPositive();
            assertThat(models.cards().small()).isEqualTo(small.card()).isNotEqualTo(large.card());
        }
    }

    @Test
    void close_smallModel_leavesTheTokenizerToTheLargeOne() {
        beside(RealModels.folder(RealModels.CROSS_ENCODER)).close();

        assertThat(RealModels.pairTokenizer().ids("tea")).isNotEmpty();
    }

    @Test
    void open_noSmallModel_hasNoCascade() {
        try (var models = Models.open(SHIPPED, Settings.RERANK, Settings.NO_CASCADE)) {
            assertThat(models.cascade()).isNull();
            assertThat(models.helpers().cascade()).isNull();
        }
    }

    @Test
    void open_smallModelThatIsMissing_isNamed() {
        assertThatThrownBy(() -> open("absent"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void beside_anotherTokenizer_isRefusedWithBoth(@TempDir Path folder) {
        var other = SmallModel.in(folder, "cross_encoder").card("").open();

        assertThatThrownBy(() -> beside(other))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tandem.rerank.cascade.model")
                .hasMessageContaining("small has another tokenizer than tandem-minilm-l6")
                .hasMessageContaining("tandem.models.cross-encoder");
    }

    @Test
    void beside_modelThatReadsLess_isRefusedWithBothLengths(@TempDir Path folder)
            throws IOException {
        Path its = Files.createDirectories(folder.resolve("short"));
        for (String file : new String[] {"model_quantized.onnx", "tokenizer.json"}) {
            Files.copy(
                    RealModels.FOLDER.resolve(RealModels.CROSS_ENCODER).resolve(file),
                    its.resolve(file));
        }
        Files.writeString(
                its.resolve("model.json"),
                "{\"name\": \"short\", \"model\": \"model_quantized.onnx\", \"maxSequenceLength\": 128}");

        assertThatThrownBy(() -> beside(ModelFolder.open(folder, "short")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("short reads 128 tokens at once, expected at least 256");
    }

    private static OpenCascade beside(ModelFolder folder) {
        return OpenCascade.load(folder).beside(RealModels.crossEncoder(), 0.5);
    }

    private static Models open(String small) {
        return Models.open(
                SHIPPED, Settings.RERANK, new Settings.Cascade(Optional.of(small), 0.25));
    }
}
