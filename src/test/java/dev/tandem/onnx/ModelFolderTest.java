package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {
    @TempDir private Path models;

    @Test
    void open_shippedModels_readsTheirCards() {
        ModelCard bge = RealModels.folder(RealModels.BI_ENCODER).card();
        assertThat(bge.pooling()).isEqualTo(ModelCard.Pooling.CLS);
        assertThat(bge.queryPrefix()).startsWith("Represent this sentence");

        ModelCard miniLm = RealModels.folder(RealModels.CROSS_ENCODER).card();
        assertThat(miniLm.maxSequenceLength()).isEqualTo(256);
        assertThat(miniLm.canary()).hasSize(2);
        assertThat(miniLm.sha256()).containsOnlyKeys("model_quantized.onnx", "tokenizer.json");
    }

    @Test
    void open_missingFolder_namesItAndThoseThatAreThere() {
        SmallModel.in(models, "cross_encoder");

        assertThatThrownBy(() -> ModelFolder.open(models, "absent"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(models.resolve("absent").toString())
                .hasMessageContaining("the folders: small")
                .hasMessageContaining("tandem.models.dir");
    }

    @Test
    void open_missingModelsFolder_saysSo() {
        assertThatThrownBy(() -> ModelFolder.open(models.resolve("absent"), "small"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("No model folder")
                .hasMessageContaining("nothing that can be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "tokenizer.json"})
    void open_missingFile_namesIt(String file) throws IOException {
        SmallModel model = SmallModel.in(models, "cross_encoder").card("");
        Files.delete(model.path(file));

        assertThatOpen(model).hasMessageContaining(model.path(file) + " is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "tokenizer.json"})
    void open_otherChecksum_namesFileAndBothChecksums(String file) throws IOException {
        String expected = "0".repeat(64);
        SmallModel model =
                SmallModel.in(models, "cross_encoder")
                        .card("\"sha256\": {\"%s\": \"%s\"}".formatted(file, expected));

        assertThatOpen(model)
                .hasMessageContaining(model.path(file).toString())
                .hasMessageContaining(Sha256.of(model.path(file)))
                .hasMessageContaining("expected " + expected);
    }

    @Test
    void open_statedChecksum_opens() throws IOException {
        SmallModel model = SmallModel.in(models, "cross_encoder");
        String sha256 = Sha256.of(model.path("model.onnx"));

        assertThat(model.card("\"sha256\": {\"model.onnx\": \"%s\"}".formatted(sha256)).open())
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "tokenizer.json"})
    void trust_otherFile_isFoundByVerify(String file) {
        SmallModel model =
                SmallModel.in(models, "cross_encoder")
                        .card("\"sha256\": {\"%s\": \"%s\"}".formatted(file, "0".repeat(64)));
        ModelFolder trusted = ModelFolder.trust(models, "small");

        assertThatThrownBy(trusted::verify)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path(file).toString())
                .hasMessageContaining("expected " + "0".repeat(64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "tokenizer.json"})
    void trust_missingFile_namesIt(String file) throws IOException {
        SmallModel model =
                SmallModel.in(models, "cross_encoder")
                        .card("\"sha256\": {\"%s\": \"%s\"}".formatted(file, "0".repeat(64)));
        Files.delete(model.path(file));

        assertThatThrownBy(() -> ModelFolder.trust(models, "small"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path(file) + " is missing");
    }

    @Test
    void trust_shippedModels_areWhatTheirCardsSay() {
        for (String name : List.of(RealModels.BI_ENCODER, RealModels.CROSS_ENCODER)) {
            ModelFolder trusted = ModelFolder.trust(RealModels.FOLDER, name);

            assertThat(trusted.fingerprint()).isEqualTo(RealModels.folder(name).fingerprint());
            assertThat(trusted.statedTokenizer()).isNotNull();
            assertThatCode(trusted::verify).doesNotThrowAnyException();
        }
    }

    @Test
    void verify_otherTokenizerThanStated_saysWhichItIs() throws IOException {
        SmallModel model = SmallModel.in(models, "cross_encoder");
        model.card(
                "\"sha256\": {\"tokenizer.json\": \"%s\"}, \"tokenizer\": {\"fingerprint\": \"f\", \"largestId\": 9}"
                        .formatted(Sha256.of(model.path("tokenizer.json"))));

        assertThatThrownBy(ModelFolder.trust(models, "small")::verify)
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("model.json").toString())
                .hasMessageContaining("expected Tokenizer[fingerprint=");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"model": "m.onnx", "maxSequenceLength": 32}                    | "name" is missing
                    {"name": "x", "maxSequenceLength": 32}                          | "model" is missing
                    {"name": "x", "model": " ", "maxSequenceLength": 32}            | "model" is missing
                    {"name": "x", "model": "m.onnx"}                                | maxSequenceLength: got 0
                    {"name": "x", "model": "m.onnx", "maxSequenceLength": 7}        | expected at least 8
                    {"name": "x", "model": "m.onnx", "maxSequenceLength": "many"}   | many
                    {"name": "x", "model": "m.onnx", "maxSequenceLength": 32, "poolin": 1} | poolin
                    {"name": "x", "model": "m.onnx", "maxSequenceLength": 32, "pooling": "max"} | max
                    {"name": "x", "model": "m.onnx", "canary": {}}                  | Canary
                    {"name": "x",                                                   | line 1
                    []                                                              | line 1
                    null                                                            | null
                    ``                                                              | line 1
                    """)
    void open_brokenCard_namesFileAndDifference(String json, String difference) {
        SmallModel model = SmallModel.in(models, "cross_encoder").write("model.json", json);

        assertThatOpen(model)
                .hasMessageContaining(model.path("model.json") + " is not a model card")
                .hasMessageContaining(difference);
    }

    @Test
    void fingerprint_sameFolder_isTheSame() {
        SmallModel model = SmallModel.in(models, "bi_encoder").card("");

        assertThat(model.open().fingerprint()).isEqualTo(model.open().fingerprint());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"pooling\": \"mean\"",
                "\"maxSequenceLength\": 9",
                "\"queryPrefix\": \"query: \"",
                "\"passagePrefix\": \"passage: \""
            })
    void fingerprint_cardThatComputesSomethingElse_differs(String field) {
        SmallModel model = SmallModel.in(models, "bi_encoder").card("\"pooling\": \"cls\"");
        String before = model.open().fingerprint();

        assertThat(model.card(field).open().fingerprint()).isNotEqualTo(before);
    }

    @Test
    void fingerprint_otherLicence_isTheSame() {
        SmallModel model = SmallModel.in(models, "bi_encoder").card("");
        String before = model.open().fingerprint();

        assertThat(model.card("\"licence\": \"MIT\"").open().fingerprint()).isEqualTo(before);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertThatOpen(
            SmallModel model) {
        return assertThatThrownBy(model::open).isInstanceOf(ModelException.class);
    }
}
