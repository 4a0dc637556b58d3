package dev.tandem.retrieval;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCheckTest {
    @TempDir private Path folder;
    private final LiveEngine live = new LiveEngine();

    @BeforeEach
    void copyModels() throws IOException {
        for (String model : List.of(RealModels.BI_ENCODER, RealModels.CROSS_ENCODER)) {
            Files.createDirectory(folder.resolve(model));
            try (Stream<Path> files = Files.list(RealModels.FOLDER.resolve(model))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, folder.resolve(model).resolve(file.getFileName()));
                }
            }
        }
    }

    @Test
    void begin_modelsAsTheirCardsSay_changesNothing() {
        try (Models models = open()) {
            ModelCheck.begin(models, live, Duration.ZERO).join();
        }
        assertThat(live.refusal()).isEmpty();
    }

    @Test
    void begin_aFileThatIsAnotherOne_refusesToAnswer() throws IOException {
        Path tokenizer = folder.resolve(RealModels.BI_ENCODER).resolve("tokenizer.json");
        Files.writeString(tokenizer, "\n", APPEND);
        try (Models models = open()) {
            ModelCheck.begin(models, live, Duration.ZERO).join();
        }

        assertThat(live.refusal())
                .hasValueSatisfying(reason -> assertThat(reason).hasMessageContaining("SHA-256"));
    }

    @Test
    void begin_aFileThatCannotBeRead_isTriedAgain() throws Exception {
        Path graph = folder.resolve(RealModels.BI_ENCODER).resolve("model_quantized.onnx");
        Path away = folder.resolve("away.onnx");
        try (Models models = open()) {
            Files.move(graph, away);
            ModelCheck.begin(models, live, Duration.ofMillis(1)).get(1, TimeUnit.MINUTES);
            assertThat(live.refusal()).isEmpty();

            Files.writeString(away, "x", APPEND);
            Files.move(away, graph);
            for (int look = 0; look < 3_000 && live.refusal().isEmpty(); look++) {
                Thread.sleep(10);
            }
        }
        assertThat(live.refusal()).containsInstanceOf(ModelException.class);
    }

    private Models open() {
        var config = new ModelsAt(folder, RealModels.BI_ENCODER, RealModels.CROSS_ENCODER);
        return Models.open(config, Settings.RERANK, Settings.NO_CASCADE);
    }
}
