package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.fixtures.Budgets;
import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.index.Generation;
import dev.tandem.model.IndexException;
import dev.tandem.model.ModelException;
import dev.tandem.model.Query;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(Lifecycle.PER_CLASS)
class SearchEngineTest {
    @TempDir private static Path folder;
    private Generation generation;

    @BeforeAll
    void build() {
        generation = SmallIndex.build(folder);
    }

    @ParameterizedTest
    @CsvSource({
        "How many people live in Berlin?, berlin",
        "why is the first request slow, cold",
        "how do I bake bread, bread"
    })
    void search_wholeEngine_findsThePassageThatAnswers(String query, String passage) {
        try (var engine = open(RealModels.both())) {
            var result =
                    engine.retriever()
                            .search(new Query(query, 10, 1), Budgets.NEVER)
                            .await()
                            .indefinitely();

            assertThat(result.passages())
                    .extracting(hit -> hit.passage().id())
                    .isEqualTo(List.of(passage));
            assertThat(engine.generation()).isEqualTo(generation);
            assertThat(engine.generationId()).isEqualTo(generation.id());
            assertThat(engine.passages()).isEqualTo(12);
            assertThat(engine.biEncoder()).isEqualTo("bge-small-en-v1.5");
            assertThat(engine.crossEncoder()).isEqualTo("tandem-minilm-l6");
        }
    }

    @Test
    void open_otherBiEncoder_isRefusedWithBothNames() {
        try (var other = BiEncoder.open(small().open())) {
            var models = new Models(other, RealModels.crossEncoder());

            assertThatThrownBy(() -> open(models))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining(generation.folder().toString())
                    .hasMessageContaining("built with the bi-encoder bge-small-en-v1.5")
                    .hasMessageContaining("the one in use is small")
                    .hasMessageContaining("tandem.models.bi-encoder");
        }
    }

    @Test
    void openModels_modelThatIsMissing_isNamed() {
        var noBiEncoder = new ModelsAt(RealModels.FOLDER, "absent", RealModels.CROSS_ENCODER);
        var noCrossEncoder = new ModelsAt(RealModels.FOLDER, RealModels.BI_ENCODER, "absent");

        assertThatThrownBy(() -> Models.open(noBiEncoder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("absent");
        assertThatThrownBy(() -> Models.open(noCrossEncoder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("absent");
    }

    private SmallModel small() {
        return SmallModel.in(folder, "bi_encoder").card("\"pooling\": \"cls\"");
    }

    private SearchEngine open(Models models) {
        return SearchEngine.open(models, generation, Settings.ENGINE);
    }
}
