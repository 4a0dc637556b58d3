package dev.tandem.retrieval;

import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelCard.Activation;
import dev.tandem.onnx.ModelCard.Blend;
import org.jspecify.annotations.Nullable;

/**
 * Makes one number of a pair's logit and similarity: {@code strength = logit * x + similarity * y +
 * bias}, {@code score = sigmoid(strength)}. Replacing the stage-1 order is the case {@code x = 1, y
 * = bias = 0}.
 */
final class ScoreBlend {

    private static final Blend REPLACE = new Blend(1, 0, 0, "");

    private final Blend weights;
    private final boolean sigmoid;

    private ScoreBlend(Blend weights, boolean sigmoid) {
        this.weights = weights;
        this.sigmoid = sigmoid;
    }

    /** The cross-encoder alone. */
    static ScoreBlend replace(@Nullable Activation activation) {
        return new ScoreBlend(REPLACE, activation != Activation.IDENTITY);
    }

    /**
     * The weights of the cross-encoder's card. They hold for one bi-encoder's similarities; with
     * another one, and for a card without weights, the cross-encoder decides alone.
     */
    static ScoreBlend ofCard(ModelCard card, String biEncoder) {
        Blend blend = card.blend();
        return blend == null || !blend.biEncoder().equals(biEncoder)
                ? replace(card.activation())
                : new ScoreBlend(blend, true);
    }

    double strength(float logit, float similarity) {
        return weights.logit() * logit + weights.similarity() * similarity + weights.bias();
    }

    /** The logit that makes this strength with this similarity. */
    double logitFor(double strength, float similarity) {
        double rest = strength - weights.similarity() * similarity - weights.bias();
        return rest / weights.logit();
    }

    double score(double strength) {
        return sigmoid ? 1 / (1 + Math.exp(-strength)) : Math.clamp(strength, 0, 1);
    }
}
