package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EarlyModelsTest {
    private static final String DIR = "tandem.models.dir";
    private static final ModelsAt SHIPPED =
            new ModelsAt(RealModels.FOLDER, RealModels.BI_ENCODER, RealModels.CROSS_ENCODER);

    @AfterEach
    void clear() {
        System.clearProperty(DIR);
    }

    @Test
    void take_whatIsConfigured_isOpenOnce() {
        EarlyModels.begin();
        try (Models early =
                EarlyModels.take(SHIPPED, Settings.RERANK, Settings.NO_CASCADE).orElseThrow()) {
            early.verify();
            assertThat(early.crossEncoderName()).isEqualTo(RealModels.CROSS_ENCODER);
            assertThat(early.biEncoder().encodeQuery("a")).isNotEmpty();
        }
        assertThat(EarlyModels.take(SHIPPED, Settings.RERANK, Settings.NO_CASCADE)).isEmpty();
    }

    @Test
    void take_otherModelsConfigured_isEmpty() {
        var elsewhere =
                new ModelsAt(
                        RealModels.FOLDER.toAbsolutePath(),
                        RealModels.BI_ENCODER,
                        RealModels.CROSS_ENCODER);
        EarlyModels.begin();

        assertThat(EarlyModels.take(elsewhere, Settings.RERANK, Settings.NO_CASCADE)).isEmpty();
    }

    @Test
    void take_aModelIsMissing_isEmpty() {
        System.setProperty(DIR, "nothing");
        EarlyModels.begin();
        var missing =
                new ModelsAt(Path.of("nothing"), RealModels.BI_ENCODER, RealModels.CROSS_ENCODER);

        assertThat(EarlyModels.take(missing, Settings.RERANK, Settings.NO_CASCADE)).isEmpty();
    }
}
