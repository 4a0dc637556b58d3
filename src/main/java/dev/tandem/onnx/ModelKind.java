package dev.tandem.onnx;

import java.util.Locale;
import java.util.Optional;

/** What a model is for. */
public enum ModelKind {
    /** Gives a vector for a text: stage 1. */
    BI_ENCODER,
    /** Gives a logit for a pair of texts: stage 2. */
    CROSS_ENCODER;

    /**
     * What a card says by its fields.
     *
     * @return empty if it does not: a card that was derived has the fields of both
     */
    public static Optional<ModelKind> stated(ModelCard card) {
        boolean pair =
                card.activation() != null || card.blend() != null || !card.canary().isEmpty();
        if ((card.pooling() != null) == pair) {
            return Optional.empty();
        }
        return Optional.of(pair ? CROSS_ENCODER : BI_ENCODER);
    }

    /** What a graph's outputs are good for: one number a text or pair, or many. */
    public static ModelKind of(OnnxModel model) {
        boolean oneColumn =
                model.floatOutputs(2).stream().anyMatch(name -> model.outputWidth(name) == 1);
        return oneColumn || !model.floatOutputs(1).isEmpty() ? CROSS_ENCODER : BI_ENCODER;
    }

    /** {@code bi-encoder} or {@code cross-encoder}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
