package dev.tandem.models;

import dev.tandem.model.ModelException;
import java.nio.file.Path;

/** A question with a passage that answers it and one that does not, in English. */
final class SanityPair {

    static final String QUERY = "How many people live in Berlin?";
    static final String ANSWER =
            "Berlin has a population of 3,520,031 registered inhabitants in an area of 891.82 square kilometers.";
    static final String OTHER = "New York City is famous for the Metropolitan Museum of Art.";

    private SanityPair() {}

    /**
     * @param answer what the model makes of the passage that answers
     * @param other what it makes of the other one
     * @throws ModelException if the numbers are none, or the model makes the same of everything
     */
    static String compare(Path graph, double answer, double other) {
        if (!Double.isFinite(answer) || !Double.isFinite(other) || answer == other) {
            throw new ModelException(
                    "%s makes %s of a passage that answers a question and %s of one that does not; expected two numbers that differ. The export is broken, or the model has no trained head: export it again."
                            .formatted(graph, answer, other));
        }
        String text = "%.3f for a passage that answers, %.3f for one that does not";
        String doubt =
                answer > other
                        ? ""
                        : ". The wrong way round: is the model for English, is it trained?";
        return text.formatted(answer, other) + doubt;
    }

    /** Of vectors of norm 1. */
    static double cosine(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }
}
