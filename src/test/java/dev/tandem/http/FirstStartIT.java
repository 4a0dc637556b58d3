package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.PackagedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server that was built, where there is a corpus and no index yet. */
class FirstStartIT {

    private static final String CORPUS =
            """
            {"_id": "kettle", "title": "", "text": "Water boils at 100 degrees at sea level."}
            {"_id": "harbour", "title": "", "text": "The ferry leaves the harbour at noon."}
            {"_id": "bread", "title": "", "text": "Rye bread is made with sourdough."}
            """;

    @Test
    void start_withACorpusAndNoIndex_buildsItAndAnswers(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path corpus = Files.writeString(folder.resolve("corpus.jsonl"), CORPUS);
        var settings =
                Map.of(
                        "TANDEM_INDEX_DIR", folder.resolve("index").toString(),
                        "TANDEM_INDEX_BUILD_FROM", corpus.toString());

        try (var server = new PackagedServer.Running(folder.resolve("server.log"), settings)) {
            JsonNode answer =
                    Doors.json(server.get("/v1/search?q=when+does+the+boat+depart").body());

            assertThat(answer.path("results")).hasSize(3);
            assertThat(answer.at("/results/0/id").asText()).isEqualTo("harbour");
        }
    }
}
