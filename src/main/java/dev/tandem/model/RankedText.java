package dev.tandem.model;

import org.jspecify.annotations.Nullable;

/**
 * A text of the answer.
 *
 * @param index 0-based place in the request
 * @param score 0..1, falls along the answer
 * @param stage {@link Stage#RETRIEVE} for a text that kept the caller's order
 * @param logit raw output of the cross-encoder that placed it, on the scale of that model; null
 *     when none scored this text
 * @param reading what that cross-encoder read of it; null when none scored this text
 */
public record RankedText(
        int index, double score, Stage stage, @Nullable Float logit, @Nullable Reading reading) {}
