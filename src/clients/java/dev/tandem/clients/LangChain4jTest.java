package dev.tandem.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.cohere.CohereScoringModel;
import dev.langchain4j.model.jina.JinaScoringModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** LangChain4j's scoring models for Cohere and Jina, against a running server. */
@QuarkusTest
class LangChain4jTest {
    private static final String QUERY = "How many people live in Berlin?";
    private static final List<TextSegment> SEGMENTS =
            Stream.of(
                            "Tea is made with hot water.",
                            "Berlin has a population of 3,520,031 registered inhabitants.",
                            "New York City is famous for its museums.")
                    .map(TextSegment::from)
                    .toList();

    /** By names that tell which they are, and by one that does not. */
    static Stream<ScoringModel> models() {
        return Stream.of(
                cohere("rerank-english-v3.0"),
                cohere("tandem"),
                jina("jina-reranker-v2-base-multilingual"),
                jina("tandem"));
    }

    @ParameterizedTest
    @MethodSource("models")
    void scoreAll_segments_givesEachItsScoreInTheOrderOfTheRequest(ScoringModel model) {
        Response<List<Double>> scores = model.scoreAll(SEGMENTS, QUERY);

        assertThat(scores.content()).hasSize(3);
        assertThat(scores.content().get(1))
                .isBetween(0.5, 1.0)
                .isGreaterThan(scores.content().get(0))
                .isGreaterThan(scores.content().get(2));
        assertThat(scores.tokenUsage()).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("models")
    void scoreAll_overLongSegments_areScored(ScoringModel model) {
        var lengthy = TextSegment.from("tea and water and milk and sugar ".repeat(300));

        assertThat(model.scoreAll(List.of(lengthy, SEGMENTS.get(1)), QUERY).content())
                .hasSize(2)
                .isSorted();
    }

    @ParameterizedTest
    @MethodSource("models")
    void scoreAll_moreThanMayBe_isTheModelsError(ScoringModel model) {
        List<TextSegment> many = Collections.nCopies(1_001, SEGMENTS.getFirst());

        assertThatThrownBy(() -> model.scoreAll(many, QUERY)).hasMessageContaining("413");
    }

    private static ScoringModel cohere(String name) {
        return CohereScoringModel.builder()
                .baseUrl(url() + "/v1/")
                .apiKey("any-key-will-do-here")
                .modelName(name)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    private static ScoringModel jina(String name) {
        return JinaScoringModel.builder()
                .baseUrl(url() + "/v1/")
                .apiKey("any-key-will-do-here")
                .modelName(name)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    private static String url() {
        return ConfigProvider.getConfig().getValue("test.url", String.class);
    }
}
