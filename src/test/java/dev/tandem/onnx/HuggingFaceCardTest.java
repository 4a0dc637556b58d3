package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.SmallModel;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelCard.Activation;
import dev.tandem.onnx.ModelCard.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceCardTest {
    @TempDir private Path models;
    private SmallModel model;

    @BeforeEach
    void putFilesTogether() {
        model = SmallModel.in(models, "bi_encoder");
    }

    @Test
    void derive_noConfigurationFiles_takesTheUsualValues() {
        ModelCard card = model.open().card();

        assertThat(card.name()).isEqualTo("small");
        assertThat(card.model()).isEqualTo("model.onnx");
        assertThat(card.maxSequenceLength()).isEqualTo(512);
        assertThat(card.pooling()).isEqualTo(Pooling.MEAN);
        assertThat(card.activation()).isEqualTo(Activation.SIGMOID);
        assertThat(card.queryPrefix()).isEmpty();
    }

    @Test
    void derive_clsPooling_isTaken() {
        model.write("1_Pooling/config.json", "{\"pooling_mode_cls_token\": true}");

        assertThat(model.open().card().pooling()).isEqualTo(Pooling.CLS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_tokens", "weightedmean_tokens", "lasttoken"})
    void derive_poolingThatIsNotKnown_isRefused(String mode) {
        model.write(
                "1_Pooling/config.json",
                "{\"pooling_mode_cls_token\": false, \"pooling_mode_mean_tokens\": false,"
                        + " \"pooling_mode_"
                        + mode
                        + "\": true}");

        assertThatThrownBy(model::open)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("1_Pooling/config.json")
                .hasMessageContaining("pooling_mode_" + mode);
    }

    @Test
    void derive_severalLengths_takesTheSmallest() {
        model.write("sentence_bert_config.json", "{\"max_seq_length\": 256}");
        model.write("tokenizer_config.json", "{\"model_max_length\": 384}");
        model.write("config.json", "{\"max_position_embeddings\": 514}");

        assertThat(model.open().card().maxSequenceLength()).isEqualTo(256);
    }

    /** What transformers writes for a tokenizer that knows no limit. */
    @ParameterizedTest
    @ValueSource(strings = {"1000000000000000019884624838656", "1e30"})
    void derive_tokenizerWithoutLimit_takesTheModels(String limit) {
        model.write("tokenizer_config.json", "{\"model_max_length\": " + limit + "}");
        model.write("config.json", "{\"max_position_embeddings\": 512}");

        assertThat(model.open().card().maxSequenceLength()).isEqualTo(512);
    }

    @Test
    void derive_prompts_becomePrefixes() {
        model.write(
                "config_sentence_transformers.json",
                "{\"prompts\": {\"query\": \"query: \", \"document\": \"passage: \"}}");

        ModelCard card = model.open().card();
        assertThat(card.queryPrefix()).isEqualTo("query: ");
        assertThat(card.passagePrefix()).isEqualTo("passage: ");
    }

    @Test
    void derive_quantisedGraphBeside_isPreferred() throws IOException {
        Files.copy(model.path("model.onnx"), model.path("model_quantized.onnx"));

        assertThat(model.open().card().model()).isEqualTo("model_quantized.onnx");
    }

    @Test
    void derive_graphInOnnxFolder_isFound() throws IOException {
        Files.createDirectories(model.path("onnx"));
        Files.move(model.path("model.onnx"), model.path("onnx/model.onnx"));

        assertThat(model.open().graph()).isEqualTo(model.path("onnx/model.onnx"));
    }

    @Test
    void derive_noGraph_saysWhereItLooked() throws IOException {
        Files.delete(model.path("model.onnx"));

        assertThatThrownBy(model::open)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has no ONNX graph")
                .hasMessageContaining("onnx/model_quantized.onnx");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"torch.nn.modules.linear.Identity", "torch.nn.modules.activation.Sigmoid"})
    void derive_knownActivation_isSigmoid(String activation) {
        model.write("config.json", activation(activation));

        assertThat(model.open().card().activation()).isEqualTo(Activation.SIGMOID);
    }

    @Test
    void derive_otherActivation_isRefused() {
        model.write("config.json", activation("torch.nn.modules.activation.Softmax"));

        assertThatThrownBy(model::open)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining("activation.Softmax")
                .hasMessageContaining("Sigmoid or Identity");
    }

    @Test
    void derive_brokenConfig_namesTheFile() {
        model.write("config.json", "{\"max_position");

        assertThatThrownBy(model::open)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("config.json").toString());
    }

    private static String activation(String name) {
        return "{\"sentence_transformers\": {\"activation_fn\": \"" + name + "\"}}";
    }
}
