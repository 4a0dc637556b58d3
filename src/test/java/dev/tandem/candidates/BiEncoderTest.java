package dev.tandem.candidates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.model.ModelException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BiEncoderTest {
    @TempDir private Path models;
    private final BiEncoder encoder = RealModels.biEncoder();

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "berlin", "語 🚀 \u0000"})
    void encodePassage_anyText_hasNormOne(String text) {
        float[] vector = encoder.encodePassage(text);

        assertThat(vector).hasSize(384).hasSize(encoder.dimension());
        assertThat(dot(vector, vector)).isCloseTo(1, within(1e-5));
    }

    @Test
    void encodeQuery_textWithPrefix_differsFromThePassage() {
        String text = "How many people live in Berlin?";

        assertThat(dot(encoder.encodeQuery(text), encoder.encodePassage(text))).isLessThan(0.99);
        assertThat(encoder.encodeQuery(text))
                .containsExactly(
                        encoder.encodePassage(
                                "Represent this sentence for searching relevant passages: "
                                        + text));
    }

    @Test
    void encodePassage_longText_isCutAtItsEnd() {
        String head = "berlin ".repeat(510);

        assertThat(encoder.encodePassage(head + "and much more"))
                .containsExactly(encoder.encodePassage(head));
    }

    @Test
    void encodeQuery_passageThatAnswers_isNearerThanOthers() {
        float[] query = encoder.encodeQuery("How many people live in Berlin?");

        assertThat(dot(query, encoder.encodePassage("Berlin has 3.5 million inhabitants.")))
                .isGreaterThan(dot(query, encoder.encodePassage("Tea is made with hot water.")));
    }

    @Test
    void encodePassage_meanPooling_isTheMeanOfItsTokens() {
        var model = SmallModel.in(models, "bi_encoder").card("\"pooling\": \"mean\"").open();
        try (var small = BiEncoder.open(model)) {
            // [CLS] is 2, "how" 4, "many" 5, [SEP] 3, each a tenth in every other place, else 1.
            assertThat(small.encodePassage("how many"))
                    .containsExactly(unit(0.35, 1, 0.35, 1), within(1e-6f));
        }
    }

    @Test
    void encodePassage_clsPooling_isTheFirstToken() {
        var model = SmallModel.in(models, "bi_encoder").card("\"pooling\": \"cls\"").open();
        try (var small = BiEncoder.open(model)) {
            assertThat(small.encodePassage("how many"))
                    .containsExactly(unit(0.2, 1, 0.2, 1), within(1e-6f));
        }
    }

    @Test
    void open_crossEncoder_isRefused() {
        var folder = RealModels.folder(RealModels.CROSS_ENCODER);

        assertThatThrownBy(() -> BiEncoder.open(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(folder.graph().toString())
                .hasMessageContaining("a bi-encoder gives a vector")
                .hasMessageContaining("cross-encoder?");
    }

    @Test
    void open_noFloatOutput_listsTheOutputs() {
        var model = SmallModel.in(models, "int64_output").card("");

        assertThatThrownBy(() -> BiEncoder.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("model.onnx").toString())
                .hasMessageContaining("output INT64")
                .hasMessageContaining("a bi-encoder needs a FLOAT output");
    }

    @Test
    void open_tokenizerWithMoreTokensThanRows_isRefused() {
        var model = SmallModel.in(models, "few_rows_bi_encoder").card("");

        assertThatThrownBy(() -> BiEncoder.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("model.onnx").toString())
                .hasMessageContaining("largest id 15")
                .hasMessageContaining("tokenizer.json");
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** The vector scaled to norm 1, which every encoding is. */
    private static float[] unit(double... vector) {
        double norm = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
        float[] scaled = new float[vector.length];
        for (int i = 0; i < vector.length; i++) {
            scaled[i] = (float) (vector[i] / norm);
        }
        return scaled;
    }
}
