package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.model.Candidate;
import dev.tandem.model.Reading;
import dev.tandem.model.Span;
import dev.tandem.model.Stage;
import dev.tandem.onnx.ModelCard.Activation;
import dev.tandem.rerank.Outcome;
import dev.tandem.rerank.Outcome.Preranked;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import dev.tandem.retrieval.StageOrder.Placed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StageOrderTest {
    private final StageOrder order = StageOrder.of(ScoreBlend.replace(Activation.SIGMOID));

    @Test
    void of_allScored_sortsByLogit() {
        List<Placed> placed = order.of(candidates(3), scored(-1, 2, 0));

        assertThat(placed).extracting(Placed::index).containsExactly(1, 2, 0);
        assertThat(placed).extracting(Placed::logit).containsExactly(2f, 0f, -1f);
        assertThat(placed).extracting(Placed::stage).containsOnly(Stage.RERANK);
        assertThat(placed.get(1).score()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void of_someSkipped_putsTheRerankedFirstAndTheRestInStageOneOrder() {
        List<Outcome> outcomes = List.of(late(0), scored(1, -9), late(2), scored(3, -8), failed(4));

        List<Placed> placed = order.of(candidates(5), outcomes);

        assertThat(placed).extracting(Placed::index).containsExactly(3, 1, 0, 2, 4);
        assertThat(placed.subList(2, 5)).extracting(Placed::stage).containsOnly(Stage.RETRIEVE);
        assertThat(placed.subList(2, 5)).extracting(Placed::logit).containsOnlyNulls();
        assertThat(placed.get(2).score()).isLessThan(placed.get(1).score());
    }

    @Test
    void of_nothingScored_isStageOneWithItsSimilarities() {
        List<Placed> placed = order.of(candidates(3), List.of(late(0), late(1), late(2)));

        assertThat(placed).extracting(Placed::index).containsExactly(0, 1, 2);
        assertThat(placed.getFirst().score()).isCloseTo((1 + 0.9) / 2, within(1e-6));
        assertFalling(placed);
    }

    @Test
    void of_noCandidates_isEmpty() {
        assertThat(order.of(List.of(), List.of())).isEmpty();
    }

    @Test
    void of_equalLogits_staysInStageOneOrder() {
        assertThat(order.of(candidates(4), scored(1, 1, 1, 1)))
                .extracting(Placed::index)
                .containsExactly(0, 1, 2, 3);
    }

    @Test
    void of_saturatedLogits_keepTheirOrder() {
        List<Placed> placed = order.of(candidates(4), scored(-1_000, 999, 1_000, -999));

        assertThat(placed).extracting(Placed::index).containsExactly(2, 1, 3, 0);
        assertThat(placed).extracting(Placed::score).containsExactly(1.0, 1.0, 0.0, 0.0);
    }

    @Test
    void of_infiniteLogits_areTheEndsOfTheScale() {
        List<Placed> placed =
                order.of(
                        candidates(3), scored(Float.NEGATIVE_INFINITY, 0, Float.POSITIVE_INFINITY));

        assertThat(placed).extracting(Placed::score).containsExactly(1.0, 0.5, 0.0);
    }

    /** Rounding can take the cosine of a vector and itself a little over 1. */
    @Test
    void of_similarityBeyondOne_staysWithinTheCeiling() {
        var candidates = List.of(new Candidate(0, 1.0000002f), new Candidate(1, -1.0000002f));

        assertThat(order.of(candidates, List.of(late(0), late(1))))
                .extracting(Placed::score)
                .containsExactly(1.0, 0.0);
    }

    @Test
    void of_modelWithoutActivation_keepsItsScores() {
        var identity = StageOrder.of(ScoreBlend.replace(Activation.IDENTITY));

        assertThat(identity.of(candidates(3), scored(0.25f, 0.75f, 1.5f)))
                .extracting(Placed::score)
                .containsExactly(1.0, 0.75, 0.25);
    }

    @Test
    void of_randomOutcomes_hasEachOnceWithFallingScores() {
        var random = new Random(11);
        for (int run = 0; run < 200; run++) {
            int count = random.nextInt(40);
            List<Placed> placed = order.of(candidates(count), outcomes(random, count));

            assertThat(placed)
                    .extracting(Placed::index)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, count).boxed().toList());
            assertThat(placed).isSortedAccordingTo(Comparator.comparing(Placed::stage).reversed());
            assertFalling(placed);
        }
    }

    @Test
    void of_places_sumsTheirReciprocals() {
        // Logits put 2 first, then 0, then 1.
        List<Placed> placed = StageOrder.ofPlaces().of(candidates(3), scored(1, 0, 2));

        assertThat(placed).extracting(Placed::index).containsExactly(0, 2, 1);
        assertThat(placed.get(0).strength()).isCloseTo(1.0 / 61 + 1.0 / 62, within(1e-12));
        assertThat(placed.get(1).strength()).isCloseTo(1.0 / 63 + 1.0 / 61, within(1e-12));
        assertThat(placed.get(2).strength()).isCloseTo(1.0 / 62 + 1.0 / 63, within(1e-12));
        assertFalling(placed);
    }

    @Test
    void of_placesThatAgree_scoreOneAtTheTop() {
        List<Placed> placed = StageOrder.ofPlaces().of(candidates(3), scored(3, 2, 1));

        assertThat(placed).extracting(Placed::index).containsExactly(0, 1, 2);
        assertThat(placed.getFirst().score()).isEqualTo(1.0);
    }

    @Test
    void of_placesWithSomeSkipped_keepsThemBelow() {
        List<Outcome> outcomes = List.of(late(0), scored(1, -9), failed(2), scored(3, 5));

        List<Placed> placed = StageOrder.ofPlaces().of(candidates(4), outcomes);

        assertThat(placed).extracting(Placed::index).containsExactly(1, 3, 0, 2);
        assertFalling(placed);
    }

    /** However high the small one's logits are: they are on another scale. */
    @Test
    void of_someByTheSmallOneOnly_putsThemBetween() {
        var cascaded =
                StageOrder.of(
                        ScoreBlend.replace(Activation.SIGMOID),
                        ScoreBlend.replace(Activation.SIGMOID));
        List<Outcome> outcomes =
                List.of(late(0), preranked(1, 8), scored(2, -1), preranked(3, 9), scored(4, 0));

        List<Placed> placed = cascaded.of(candidates(5), outcomes);

        assertThat(placed).extracting(Placed::index).containsExactly(4, 2, 3, 1, 0);
        assertThat(placed)
                .extracting(Placed::stage)
                .containsExactly(
                        Stage.RERANK, Stage.RERANK, Stage.PRERANK, Stage.PRERANK, Stage.RETRIEVE);
        assertThat(placed).extracting(Placed::logit).containsExactly(0f, -1f, 9f, 8f, null);
        assertThat(placed.get(1).score()).isCloseTo(1 / (1 + Math.E), within(1e-12));
        assertFalling(placed);
    }

    @Test
    void of_allByTheSmallOneOnly_haveItsOwnScores() {
        var cascaded =
                StageOrder.of(
                        ScoreBlend.replace(Activation.SIGMOID),
                        ScoreBlend.replace(Activation.IDENTITY));

        List<Placed> placed =
                cascaded.of(candidates(2), List.of(preranked(0, 0.25f), preranked(1, 0.75f)));

        assertThat(placed).extracting(Placed::index).containsExactly(1, 0);
        assertThat(placed).extracting(Placed::score).containsExactly(0.75, 0.25);
    }

    @Test
    void of_placesWithSomeByTheSmallOneOnly_keepsThemBetween() {
        List<Outcome> outcomes = List.of(late(0), preranked(1, 9), scored(2, -9), preranked(3, 8));

        List<Placed> placed = StageOrder.ofPlaces().of(candidates(4), outcomes);

        assertThat(placed).extracting(Placed::index).containsExactly(2, 1, 3, 0);
        assertFalling(placed);
    }

    private static void assertFalling(List<Placed> placed) {
        assertThat(placed).isSortedAccordingTo(Comparator.comparingDouble(p -> -p.score()));
        assertThat(placed).allMatch(p -> p.score() >= 0 && p.score() <= 1);
    }

    private static List<Outcome> outcomes(Random random, int count) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double what = random.nextDouble();
            float logit = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(4)));
            outcomes.add(
                    what < 0.4
                            ? scored(i, logit)
                            : what < 0.6 ? preranked(i, logit) : what < 0.8 ? late(i) : failed(i));
        }
        return outcomes;
    }

    private static List<Candidate> candidates(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Candidate(i, 0.9f - 0.04f * i)).toList();
    }

    private static List<Outcome> scored(float... logits) {
        return IntStream.range(0, logits.length).mapToObj(i -> scored(i, logits[i])).toList();
    }

    private static Outcome scored(int index, float logit) {
        return new Scored(index, logit, new Reading(1, 1, new Span(0, 1)), false);
    }

    private static Outcome preranked(int index, float logit) {
        return new Preranked(index, logit, new Reading(1, 1, new Span(0, 1)), Reason.LATE);
    }

    private static Outcome late(int index) {
        return new Skipped(index, Reason.LATE);
    }

    private static Outcome failed(int index) {
        return new Skipped(index, Reason.FAILED);
    }
}
