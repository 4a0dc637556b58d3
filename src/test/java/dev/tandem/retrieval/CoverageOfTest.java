package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.model.Coverage;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.Query;
import dev.tandem.model.Reading;
import dev.tandem.model.Span;
import dev.tandem.model.Temperature;
import dev.tandem.model.Walk;
import dev.tandem.model.Work;
import dev.tandem.rerank.Outcome;
import dev.tandem.rerank.Outcome.Preranked;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import dev.tandem.rerank.Reranking;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * S scored, K scored before, L late, C cancelled, F failed, E left when it ended early; P and Q
 * late and failed, and scored by the small cross-encoder.
 */
class CoverageOfTest {
    private static final Query QUERY = new Query("a", 50, 10);

    @ParameterizedTest
    @CsvSource({
        "SSSS, 4, 0, 0, COMPLETE",
        "SKKS, 4, 0, 2, COMPLETE",
        "SSLL, 2, 0, 0, BUDGET_SPENT",
        "SSCL, 2, 1, 0, BUDGET_SPENT",
        "LLLL, 0, 0, 0, BUDGET_SPENT",
        "CCLL, 0, 2, 0, BUDGET_SPENT",
        "FFFF, 0, 4, 0, RERANK_UNAVAILABLE",
        "FFLL, 0, 2, 0, RERANK_UNAVAILABLE",
        "SFSS, 3, 1, 0, RERANK_UNAVAILABLE",
        "SFSL, 2, 1, 0, BUDGET_SPENT",
        "SSEE, 2, 0, 0, CONVERGED",
        "SCEE, 1, 1, 0, BUDGET_SPENT",
        "SFEE, 1, 1, 0, RERANK_UNAVAILABLE"
    })
    void texts_outcomes_areCountedAndNamed(
            String outcomes, int scored, int cancelled, int fromCache, Reason reason) {
        assertThat(CoverageOf.texts(4, reranking(outcomes)))
                .isEqualTo(new Coverage(4, 4, scored, cancelled, fromCache, reason));
    }

    @ParameterizedTest
    @CsvSource({
        "SSPP, 2, 2, 0, PRERANKED",
        "PPPP, 0, 4, 0, PRERANKED",
        "SKCP, 2, 1, 1, BUDGET_SPENT",
        "SSPL, 2, 1, 0, BUDGET_SPENT",
        "PPLL, 0, 2, 0, BUDGET_SPENT",
        "QQQQ, 0, 4, 4, RERANK_UNAVAILABLE",
        "SQQQ, 1, 3, 3, RERANK_UNAVAILABLE",
        "SQPP, 1, 3, 1, PRERANKED"
    })
    void texts_someByTheSmallOneOnly_isSaid(
            String outcomes, int scored, int preranked, int cancelled, Reason reason) {
        Coverage coverage = CoverageOf.texts(4, reranking(outcomes));

        assertThat(coverage.scored()).isEqualTo(scored);
        assertThat(coverage.preranked()).isEqualTo(preranked);
        assertThat(coverage.cancelled()).isEqualTo(cancelled);
        assertThat(coverage.reason()).isEqualTo(reason);
    }

    @Test
    void texts_none_isComplete() {
        assertThat(CoverageOf.texts(0, reranking("")))
                .extracting(Coverage::reason)
                .isEqualTo(Reason.COMPLETE);
    }

    @Test
    void search_walkThatWasCut_saysSoUnlessTheScoringWas() {
        assertThat(reasonOf("SSSS", true)).isEqualTo(Reason.COMPLETE);
        assertThat(reasonOf("SSSS", false)).isEqualTo(Reason.CANDIDATES_CUT);
        assertThat(reasonOf("SSLL", false)).isEqualTo(Reason.BUDGET_SPENT);
        assertThat(reasonOf("SSPP", false)).isEqualTo(Reason.PRERANKED);
    }

    @Test
    void cut_anyState_isBudgetSpent() {
        assertThat(CoverageOf.cut(QUERY, null))
                .isEqualTo(new Coverage(50, 0, 0, 0, 0, Reason.BUDGET_SPENT));
        assertThat(CoverageOf.cut(QUERY, reranking("SSSS")))
                .isEqualTo(new Coverage(50, 4, 4, 0, 0, Reason.BUDGET_SPENT));
    }

    private static Reason reasonOf(String outcomes, boolean complete) {
        var walk = new Walk(4, 4, complete, Temperature.WARM, 0);
        return CoverageOf.search(QUERY, reranking(outcomes), walk).reason();
    }

    private static Reranking reranking(String outcomes) {
        List<Outcome> all = new ArrayList<>();
        outcomes.chars().forEach(one -> all.add(outcome(all.size(), (char) one)));
        return new Reranking(all, all.size(), Work.NONE);
    }

    private static Outcome outcome(int index, char kind) {
        return switch (kind) {
            case 'S' -> scored(index, false);
            case 'K' -> scored(index, true);
            case 'L' -> new Skipped(index, Outcome.Reason.LATE);
            case 'C' -> new Skipped(index, Outcome.Reason.CANCELLED);
            case 'F' -> new Skipped(index, Outcome.Reason.FAILED);
            case 'E' -> new Skipped(index, Outcome.Reason.CONVERGED);
            case 'P' -> preranked(index, Outcome.Reason.LATE);
            case 'Q' -> preranked(index, Outcome.Reason.FAILED);
            default -> throw new IllegalArgumentException("outcome " + kind);
        };
    }

    private static Outcome preranked(int index, Outcome.Reason reason) {
        return new Preranked(index, 1, new Reading(1, 1, new Span(0, 1)), reason);
    }

    private static Outcome scored(int index, boolean fromCache) {
        return new Scored(index, 1, new Reading(1, 1, new Span(0, 1)), fromCache);
    }
}
