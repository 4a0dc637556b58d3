package dev.tandem.rerank;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.rerank.RemoteException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** What is said to a remote reranker and what it says: the dialect of Hugging Face's TEI. */
final class RerankDialect {

    /** How many of the first entries of the answer a cross-encoder scored; a Tandem says so. */
    static final String SCORED = "X-Tandem-Scored";

    /** Milliseconds that are left for the answer; a Tandem goes by it. */
    static final String BUDGET = "X-Tandem-Budget-Ms";

    /** Bytes of an answer: what frames it, and an entry with room to spare. */
    private static final long FRAME = 4_096;

    private static final long ENTRY = 256;

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** A request's body. */
    private record Request(
            String query,
            List<String> texts,
            boolean raw_scores,
            boolean truncate,
            boolean return_text) {}

    private RerankDialect() {}

    static byte[] request(String query, List<String> texts) {
        try {
            return JSON.writeValueAsBytes(new Request(query, texts, true, true, false));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes that an answer can have at most. */
    static long largestAnswer(int texts) {
        return FRAME + ENTRY * texts;
    }

    /**
     * The scores in the order of the request.
     *
     * @param scored what the header says; empty if all were scored
     * @return raw outputs; NaN for a text that was not scored
     * @throws RemoteException if that is no answer to so many texts
     */
    static float[] scores(byte[] body, int texts, OptionalLong scored) {
        JsonNode entries = read(body);
        check(entries.isArray() && entries.size() == texts, "%d entries", entries.size());
        long counted = scored.orElse(texts);
        check(counted >= 0 && counted <= texts, "%d scored", counted);
        float[] scores = new float[texts];
        Arrays.fill(scores, Float.NaN);
        boolean[] seen = new boolean[texts];
        for (int i = 0; i < texts; i++) {
            int index = index(entries.get(i), texts);
            check(!seen[index], "index %d twice", index);
            seen[index] = true;
            float score = score(entries.get(i));
            scores[index] = i < counted ? score : Float.NaN;
        }
        return scores;
    }

    private static JsonNode read(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new RemoteException(Kind.GARBAGE, "The answer is no JSON", e);
        }
    }

    private static int index(JsonNode entry, int texts) {
        JsonNode index = entry.path("index");
        check(
                index.isInt() && index.intValue() >= 0 && index.intValue() < texts,
                "index %s",
                index);
        return index.intValue();
    }

    private static float score(JsonNode entry) {
        JsonNode score = entry.path("score");
        check(score.isNumber() && Float.isFinite(score.floatValue()), "score %s", score);
        return score.floatValue();
    }

    private static void check(boolean fine, String found, Object value) {
        if (!fine) {
            throw new RemoteException(
                    Kind.GARBAGE,
                    "The answer has "
                            + found.formatted(value)
                            + "; expected one entry for each text, with its index and a finite score",
                    null);
        }
    }
}
