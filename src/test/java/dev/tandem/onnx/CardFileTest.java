package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelCard.Blend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardFileTest {

    private static final Blend BLEND = new Blend(0.25, 12.5, -9.75, "bge-small-en-v1.5");

    @TempDir private Path models;

    @Test
    void setBlend_shippedCard_changesTheBlendAndNothingElse() throws IOException {
        Path shipped = RealModels.FOLDER.resolve(RealModels.CROSS_ENCODER).resolve(CardFile.NAME);
        Path card = Files.copy(shipped, models.resolve(CardFile.NAME));

        CardFile.setBlend(models, BLEND);

        String expected =
                Files.readString(shipped)
                        .replace("\"logit\": 0.2676", "\"logit\": 0.25")
                        .replace("\"similarity\": 21.4071", "\"similarity\": 12.5")
                        .replace("\"bias\": -18.2216", "\"bias\": -9.75");
        assertThat(card).hasContent(expected);
        assertThat(CardFile.read(models).blend()).isEqualTo(BLEND);
        assertThat(models.resolve(CardFile.NAME + ".next")).doesNotExist();
    }

    @Test
    void setBlend_noCard_writesTheAssumedOneAndKeepsTheFingerprint() {
        SmallModel model = SmallModel.in(models, "cross_encoder");
        ModelFolder before = model.open();

        CardFile.setBlend(before.path(), BLEND);

        ModelFolder after = model.open();
        assertThat(CardFile.isIn(after.path())).isTrue();
        assertThat(after.card().blend()).isEqualTo(BLEND);
        assertThat(after.card().model()).isEqualTo(before.card().model());
        assertThat(after.card().maxSequenceLength()).isEqualTo(before.card().maxSequenceLength());
        assertThat(after.fingerprint()).isEqualTo(before.fingerprint());
    }

    @Test
    void setBlend_brokenCard_isLeftAndNamed() throws IOException {
        Path card = Files.writeString(models.resolve(CardFile.NAME), "[1]");

        assertThatThrownBy(() -> CardFile.setBlend(models, BLEND))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(card.toString());
        assertThat(card).hasContent("[1]");
    }

    @Test
    void write_aCard_isReadAgain() {
        ModelCard card = RealModels.folder(RealModels.CROSS_ENCODER).card();

        CardFile.write(models, card);

        assertThat(CardFile.read(models)).isEqualTo(card);
    }

    @Test
    void fingerprint_otherDataBesideTheGraph_isAnother() throws IOException {
        SmallModel model = SmallModel.in(models, "cross_encoder");
        String without = model.open().fingerprint();
        model.write("model.onnx_data", "weights");
        String with = model.open().fingerprint();
        model.write("model.onnx_data", "others!");

        assertThat(with).isNotEqualTo(without);
        assertThat(model.open().fingerprint()).isNotEqualTo(with);
    }

    @Test
    void kindOf_cardsAndConfigurations_isWhatTheySay() {
        assertThat(kind(RealModels.folder(RealModels.CROSS_ENCODER)))
                .contains(ModelKind.CROSS_ENCODER);
        assertThat(kind(RealModels.folder(RealModels.BI_ENCODER))).contains(ModelKind.BI_ENCODER);
        SmallModel small = SmallModel.in(models, "bi_encoder");
        assertThat(kind(small.open())).isEmpty();
        small.write("config.json", "{\"architectures\": [\"BertModel\"]}");
        assertThat(kind(small.open())).contains(ModelKind.BI_ENCODER);
        small.write(
                "config.json", "{\"architectures\": [\"XLMRobertaForSequenceClassification\"]}");
        assertThat(kind(small.open())).contains(ModelKind.CROSS_ENCODER);
    }

    private static Optional<ModelKind> kind(ModelFolder folder) {
        return CardFile.kindOf(folder.path(), folder.card());
    }
}
