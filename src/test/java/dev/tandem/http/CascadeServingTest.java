package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.RealModels;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server with a small cross-encoder, which is as slow as the large one and so of no use. */
@QuarkusTest
@TestProfile(CascadeServingTest.Cascaded.class)
@Timeout(120)
class CascadeServingTest {

    private static final String SEARCH =
            "{\"query\": \"what does it cost?\", \"candidateCount\": 50, \"budgetMs\": %d}";

    public static class Cascaded implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("tandem.rerank.cascade.model", RealModels.CROSS_ENCODER);
        }
    }

    @Test
    void ready_withACascade_namesBothModels() {
        var checks = Doors.get("/q/health/ready").json().path("checks");

        assertThat(checks.findValuesAsText("crossEncoder"))
                .containsExactly(RealModels.CROSS_ENCODER);
        assertThat(checks.findValuesAsText("cascade")).containsExactly(RealModels.CROSS_ENCODER);
    }

    @Test
    void post_enoughTime_isAnsweredByTheLargeOneAlone() {
        var answer = Doors.post(SEARCH.formatted(60_000));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/coverage/reason").asText()).isEqualTo("COMPLETE");
        assertThat(answer.json().at("/coverage/preranked").asInt(-1)).isZero();
        assertThat(answer.json().path("results"))
                .isNotEmpty()
                .allMatch(hit -> hit.path("stage").asText().equals("rerank"));
        assertThat(answer.header("X-Tandem-Preranked")).isEqualTo("0");
    }
}
