package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RealModels;
import dev.tandem.model.Candidate;
import dev.tandem.onnx.ModelCard.Activation;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopSettledTest {
    private static final int TOP = 10;
    private static final int FEW_TOP = 5;
    private static final int FEW = FEW_TOP + 7;
    private static final ScoreBlend ALONE = ScoreBlend.replace(Activation.SIGMOID);

    private static final ScoreBlend BLEND =
            ScoreBlend.ofCard(RealModels.crossEncoder().card(), RealModels.BI_ENCODER);

    @Test
    void settled_restFarBelowTheTop_endsThere() {
        TopSettled settled = scored(30, i -> i < TOP ? 5 + i / 10f : -8 + i % 3);

        assertThat(settled.settled(30)).isTrue();
        assertThat(settled.settled(31)).as("for good").isTrue();
    }

    @Test
    void settled_restAsGoodAsTheTop_goesOn() {
        var random = new Random(11);
        TopSettled settled = scored(60, _ -> (float) random.nextGaussian());

        assertThat(settled.settled(60)).isFalse();
    }

    @Test
    void settled_fewScored_saysNothing() {
        TopSettled settled = scored(FEW, i -> i < FEW_TOP ? 9 : -9, FEW_TOP);
        assertThat(settled.settled(FEW)).isFalse();

        settled.scored(FEW, -9);
        assertThat(settled.settled(FEW + 1)).isTrue();
    }

    /** A candidate that is known from the cache is not left, wherever it stands. */
    @Test
    void settled_allOthersKnown_ends() {
        TopSettled settled = scored(100, _ -> 1);

        assertThat(settled.settled(20)).isTrue();
    }

    @Test
    void settled_logitsThatAreNoNumbers_goesOn() {
        TopSettled settled = scored(40, i -> i == 30 ? Float.POSITIVE_INFINITY : -i);

        assertThat(settled.settled(40)).isFalse();
    }

    /** What the similarity adds is known beforehand: where it falls fast, less has to be scored. */
    @Test
    void settled_similarityThatFalls_endsEarlier() {
        var random = new Random(11);
        float[] logits = new float[100];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian() * 2 - 4;
        }
        int alone = firstSettled(logits, ALONE);
        int blended = firstSettled(logits, BLEND);

        assertThat(blended).isLessThan(alone / 2);
    }

    private static int firstSettled(float[] logits, ScoreBlend blend) {
        var settled = new TopSettled(candidates(), blend, TOP);
        for (int i = 0; i < logits.length; i++) {
            if (settled.settled(i)) {
                return i;
            }
            settled.scored(i, logits[i]);
        }
        return logits.length;
    }

    private interface Logits {
        float of(int index);
    }

    private static TopSettled scored(int count, Logits logits) {
        return scored(count, logits, TOP);
    }

    private static TopSettled scored(int count, Logits logits, int topK) {
        var settled = new TopSettled(candidates(), ALONE, topK);
        for (int i = 0; i < count; i++) {
            settled.scored(i, logits.of(i));
        }
        return settled;
    }

    private static List<Candidate> candidates() {
        return IntStream.range(0, 100).mapToObj(i -> new Candidate(i, 0.9f - i / 200f)).toList();
    }
}
