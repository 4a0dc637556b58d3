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
import dev.tandem.indexing.BuildOptions;
import dev.tandem.indexing.OnError;
import dev.tandem.indexing.VectorEncoding;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.IndexException;
import dev.tandem.model.LongPassages;
import dev.tandem.model.ModelException;
import dev.tandem.model.Query;
import dev.tandem.model.Reading;
import dev.tandem.model.RerankOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

    @Test
    void search_longPassages_areReadAsTheIndexSaysUnlessTheQueryDoes(@TempDir Path other)
            throws IOException {
        String filler = "The weather was fine and nothing else happened that day. ".repeat(60);
        Path corpus =
                Files.writeString(
                        other.resolve("corpus.jsonl"),
                        "{\"_id\": \"a\", \"text\": \"%sBerlin has 3.5 million inhabitants.\"}\n{\"_id\": \"b\", \"text\": \"Tea.\"}"
                                .formatted(filler));
        var options =
                new BuildOptions(
                        OnError.STOP, 1, VectorEncoding.FLOAT32, LongPassages.BEST_PASSAGE, false);
        Generation its = SmallIndex.builder(_ -> {}).build(corpus, other.resolve("index"), options);
        try (var engine = SearchEngine.open(RealModels.both(), its, Settings.ENGINE)) {
            Reading byIndex = readingOfFirst(engine, RerankOptions.DEFAULT);
            Reading byQuery =
                    readingOfFirst(engine, new RerankOptions(LongPassages.HEAD, null, 0, null));

            assertThat(byIndex.span().to()).isEqualTo(byIndex.tokensIn());
            assertThat(byQuery.span().from()).isZero();
            assertThat(byQuery.tokensUsed()).isLessThan(byQuery.tokensIn());
        }
    }

    private static Reading readingOfFirst(SearchEngine engine, RerankOptions options) {
        var query = new Query("How many people live in Berlin?", 2, 2, null, options);
        var result = engine.retriever().search(query, Budgets.NEVER).await().indefinitely();
        return result.passages().stream()
                .filter(hit -> hit.passage().id().equals("a"))
                .map(hit -> Objects.requireNonNull(hit.reading()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void search_minScore_leavesOutWhatIsLower() {
        try (var engine = open(RealModels.both())) {
            var likely = new RerankOptions(null, null, 0.5, null);
            var query = new Query("How many people live in Berlin?", 10, 10, null, likely);
            var result = engine.retriever().search(query, Budgets.NEVER).await().indefinitely();

            assertThat(result.passages()).extracting(hit -> hit.passage().id()).contains("berlin");
            assertThat(result.passages()).hasSizeLessThan(10).allMatch(hit -> hit.score() >= 0.5);
            assertThat(result.coverage().scored()).isEqualTo(10);
        }
    }

    @Test
    void search_earlyStop_scoresLessAndSaysSo(@TempDir Path other) {
        String corpus =
                IntStream.range(0, 120)
                        .mapToObj(
                                i ->
                                        "{\"_id\": \"%d\", \"text\": \"%s number %d.\"}"
                                                .formatted(i, i < 3 ? "Tea" : "Engine part", i))
                        .collect(Collectors.joining("\n"));
        Generation its = SmallIndex.build(other, corpus);
        try (var engine = SearchEngine.open(RealModels.both(), its, Settings.ENGINE)) {
            var early = new RerankOptions(null, null, 0, true);
            var query = new Query("which tea is it?", 100, 3, null, early);
            var result = engine.retriever().search(query, Budgets.NEVER).await().indefinitely();

            assertThat(result.coverage().reason()).isEqualTo(Reason.CONVERGED);
            assertThat(result.coverage().scored()).isBetween(11, 60);
            assertThat(result.passages())
                    .extracting(hit -> hit.passage().id())
                    .containsExactlyInAnyOrder("0", "1", "2");
        }
    }

    private SmallModel small() {
        return SmallModel.in(folder, "bi_encoder").card("\"pooling\": \"cls\"");
    }

    private SearchEngine open(Models models) {
        return SearchEngine.open(models, generation, Settings.ENGINE);
    }
}
