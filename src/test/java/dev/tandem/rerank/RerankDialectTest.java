package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.rerank.RemoteException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RerankDialectTest {

    @Test
    void request_queryAndTexts_areAskedForRaw() throws IOException {
        byte[] body = RerankDialect.request("what?", List.of("a \"b\"", "c\nd"));

        assertThat(new ObjectMapper().readTree(body))
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        "{\"query\": \"what?\", \"texts\": [\"a \\\"b\\\"\", \"c\\nd\"], \"raw_scores\": true, \"truncate\": true, \"return_text\": false}"));
    }

    @Test
    void scores_inAnyOrder_areThoseOfTheirTexts() {
        assertThat(
                        scores(
                                "[{\"index\":2,\"score\":7.5},{\"index\":0,\"score\":1},{\"index\":1,\"score\":-3e-2}]"))
                .containsExactly(1f, -0.03f, 7.5f);
    }

    @Test
    void scores_onlyTheFirstWereScored_areUnknownForTheOthers() {
        float[] scores =
                RerankDialect.scores(
                        bytes(
                                "[{\"index\":1,\"score\":4},{\"index\":0,\"score\":2},{\"index\":2,\"score\":1}]"),
                        3,
                        OptionalLong.of(1));

        assertThat(scores).containsExactly(Float.NaN, 4f, Float.NaN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no",
                "{}",
                "[]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1}]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":1,\"score\":1}]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":3,\"score\":1}]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":-1,\"score\":1}]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":2.0,\"score\":1}]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":2}]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":2,\"score\":\"1\"}]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":2,\"score\":NaN}]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":2,\"score\":1e39}]",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":2,\"score\":1}] x",
                "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":2,\"score\":1}"
            })
    void scores_whatIsNoAnswerToThreeTexts_isGarbage(String body) {
        assertThatThrownBy(() -> scores(body))
                .isInstanceOfSatisfying(
                        RemoteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.GARBAGE));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4})
    void scores_moreScoredThanAsked_isGarbage(long scored) {
        byte[] body =
                bytes(
                        "[{\"index\":0,\"score\":1},{\"index\":1,\"score\":1},{\"index\":2,\"score\":1}]");

        assertThatThrownBy(() -> RerankDialect.scores(body, 3, OptionalLong.of(scored)))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining(scored + " scored");
    }

    private static float[] scores(String body) {
        return RerankDialect.scores(bytes(body), 3, OptionalLong.empty());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
