package dev.tandem.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuresTest {
    private static final Path TREC_EVAL =
            Path.of("src", "test", "resources", "evaluation", "rankings.jsonl");
    private static final double EXACT = 1e-9;

    private static final Map<String, Integer> GRADES = Map.of("a", 3, "b", 1, "c", 2, "d", 0);

    @Test
    void ndcg_idealOrder_isOne() {
        assertThat(Measures.ndcg(List.of("a", "c", "b"), GRADES, 10)).isEqualTo(1);
    }

    @Test
    void ndcg_otherOrder_isByHand() {
        double gained = 1 + 3 / log2(3) + 2 / log2(5);
        double ideal = 3 + 2 / log2(3) + 1 / log2(4);

        assertThat(Measures.ndcg(List.of("b", "a", "x", "c"), GRADES, 10))
                .isCloseTo(gained / ideal, within(EXACT));
    }

    @Test
    void ndcg_relevantBelowCut_isChargedToTheIdeal() {
        double ideal = 3 + 2 / log2(3);

        assertThat(Measures.ndcg(List.of("b", "x", "a"), GRADES, 2))
                .isCloseTo(1 / ideal, within(EXACT));
    }

    @Test
    void ndcg_negativeGrade_countsAsZero() {
        var grades = Map.of("a", 1, "spam", -2);

        assertThat(Measures.ndcg(List.of("spam", "a"), grades, 10))
                .isCloseTo(1 / log2(3), within(EXACT));
    }

    @Test
    void ndcg_nothingRelevant_isZero() {
        assertThat(Measures.ndcg(List.of("a"), Map.of("a", 0), 10)).isZero();
    }

    @Test
    void reciprocalRank_relevantThird_isAThird() {
        assertThat(Measures.reciprocalRank(List.of("x", "d", "b", "a"), GRADES, 10))
                .isEqualTo(1.0 / 3);
    }

    @Test
    void reciprocalRank_relevantBelowDepth_isZero() {
        assertThat(Measures.reciprocalRank(List.of("x", "y", "a"), GRADES, 2)).isZero();
    }

    @Test
    void recall_someFound_isTheirShare() {
        assertThat(Measures.recall(List.of("a", "d", "x", "c", "b"), GRADES, 4))
                .isCloseTo(2.0 / 3, within(EXACT));
    }

    @Test
    void recall_emptyRanking_isZero() {
        assertThat(Measures.recall(List.of(), GRADES, 10)).isZero();
    }

    @Test
    void percentile_unsortedValues_isTheNearestRank() {
        List<Double> values = List.of(30.0, 10.0, 50.0, 20.0, 40.0);

        assertThat(Measures.percentile(values, 0)).isEqualTo(10);
        assertThat(Measures.percentile(values, 50)).isEqualTo(30);
        assertThat(Measures.percentile(values, 95)).isEqualTo(50);
        assertThat(Measures.percentile(values, 100)).isEqualTo(50);
    }

    /**
     * The figures are trec_eval's own: see make_rankings.py beside them. A ranking here is a list
     * without ties, so trec_eval's rule for equal scores (by document id, last first) never acts.
     */
    @Test
    void allMeasures_randomRankings_equalTrecEval() throws IOException {
        var json = new ObjectMapper();
        List<String> lines = Files.readAllLines(TREC_EVAL);
        assertThat(lines).hasSize(50);
        for (String line : lines) {
            JsonNode row = json.readTree(line);
            List<String> ranking =
                    json.convertValue(row.get("ranking"), new TypeReference<List<String>>() {});
            Map<String, Integer> grades =
                    json.convertValue(
                            row.get("grades"), new TypeReference<Map<String, Integer>>() {});

            assertThat(Measures.ndcg(ranking, grades, 10))
                    .isCloseTo(row.get("ndcg10").asDouble(), within(EXACT));
            assertThat(Measures.reciprocalRank(ranking, grades, 10))
                    .isCloseTo(row.get("reciprocalRank10").asDouble(), within(EXACT));
            assertThat(Measures.recall(ranking, grades, 100))
                    .isCloseTo(row.get("recall100").asDouble(), within(EXACT));
        }
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }
}
