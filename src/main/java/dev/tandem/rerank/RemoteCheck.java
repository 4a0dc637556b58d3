package dev.tandem.rerank;

import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelCard.Canary;
import dev.tandem.onnx.StopSignal;
import dev.tandem.onnx.TextTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Texts whose scores tell whether a remote reranker runs the local model: the card's canary
 * passages, whole and in halves, and texts from all over the vocabulary; with one query, for a call
 * has one. A last text is longer than the model reads and answers the query at its end only: whose
 * score agrees, cuts long texts where the local model does.
 */
final class RemoteCheck {

    /**
     * Largest difference of a logit. Hosts that run the same int8 file differed by less than 0.002
     * on half of 67 pairs, by 0.09 on nine in ten, and by 0.50 on one (ADR 20); other models differ
     * by several.
     */
    private static final float MOST = 0.75f;

    /** Middle one of the differences; leaves room for the same model in another precision. */
    private static final float MEDIAN = 0.25f;

    /** Tokens of the texts from the vocabulary. */
    private static final int[] LENGTHS = {20, 50, 100};

    private static final int STEP = 7_919;

    /** Where a card has no canary. */
    private static final String QUERY = "what is it?";

    private final String query;
    private final List<String> texts;
    private final float[] logits;

    private RemoteCheck(String query, List<String> texts, float[] logits) {
        this.query = query;
        this.texts = texts;
        this.logits = logits;
    }

    /** Scores the texts with the local model. */
    static RemoteCheck of(CrossEncoder local, ModelCard card) {
        TextTokenizer tokenizer = local.tokenizer();
        List<Canary> canaries = card.canary();
        String query = canaries.isEmpty() ? QUERY : canaries.getFirst().query();
        List<String> texts = new ArrayList<>();
        canaries.forEach(canary -> texts.add(canary.passage()));
        canaries.forEach(canary -> halves(canary.passage(), texts));
        for (int length : LENGTHS) {
            texts.add(tokenizer.text(spread(length, tokenizer.largestId())));
        }
        texts.add(longText(texts, tokenizer));
        long[] tokens = tokenizer.ids(query);
        float[] logits = new float[texts.size()];
        for (int i = 0; i < logits.length; i++) {
            var pair = tokenizer.pair(tokens, tokenizer.storableIds(texts.get(i)));
            logits[i] = local.logits(List.of(pair), new StopSignal())[0];
        }
        return new RemoteCheck(query, texts, logits);
    }

    String query() {
        return query;
    }

    List<String> texts() {
        return texts;
    }

    /**
     * Why these are the scores of another model; empty if they are not.
     *
     * @param scores of the texts
     */
    Optional<String> difference(float[] scores) {
        int compared = logits.length - 1;
        float[] differences = new float[compared];
        int worst = 0;
        for (int i = 0; i < compared; i++) {
            differences[i] = difference(scores, i);
            worst = differences[i] > differences[worst] ? i : worst;
        }
        float most = differences[worst];
        Arrays.sort(differences);
        float median = differences[compared / 2];
        if (most <= MOST && median <= MEDIAN) {
            return Optional.empty();
        }
        return Optional.of(
                "scores \"%s\" with \"%.60s\" %.3f, the local model %.3f; the median difference of %d texts is %.3f, expected at most %.2f, and %.2f for each"
                        .formatted(
                                query,
                                texts.get(worst),
                                scores[worst],
                                logits[worst],
                                compared,
                                median,
                                MEDIAN,
                                MOST));
    }

    /**
     * Whether the one who gave these scores reads of a long text what the local model does.
     *
     * @param scores of the texts
     */
    boolean cutsAlike(float[] scores) {
        return difference(scores, logits.length - 1) <= MOST;
    }

    /** Infinite for a text that was not scored. */
    private float difference(float[] scores, int index) {
        float difference = Math.abs(scores[index] - logits[index]);
        return Float.isNaN(difference) ? Float.POSITIVE_INFINITY : difference;
    }

    private static void halves(String text, List<String> texts) {
        int middle = text.indexOf(' ', text.length() / 2);
        if (middle > 0) {
            texts.add(text.substring(0, middle));
            texts.add(text.substring(middle + 1));
        }
    }

    private static long[] spread(int length, int largestId) {
        long[] ids = new long[length];
        for (int i = 0; i < length; i++) {
            ids[i] = (long) i * STEP % (largestId + 1L);
        }
        return ids;
    }

    /** The last canary, or whatever there is, until the model is full; then the first. */
    private static String longText(List<String> texts, TextTokenizer tokenizer) {
        String filler = texts.get(Math.min(1, texts.size() - 1)) + " ";
        var text = new StringBuilder();
        while (tokenizer.ids(text.toString()).length <= tokenizer.passageRoom(0)) {
            text.append(filler);
        }
        return text.append(texts.getFirst()).toString();
    }
}
