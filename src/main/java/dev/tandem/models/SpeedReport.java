package dev.tandem.models;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.rerank.OnnxCrossEncoder;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** How much a model does in a second on this host, by length and batch. */
final class SpeedReport {

    /** Tokens of a sequence, special ones included. */
    private static final int[] LENGTHS = {32, 64, 128, 256, 512};

    /** What most passages have, by which batches are compared. */
    private static final int TYPICAL = 128;

    private static final List<Integer> BATCHES = List.of(1, 4, 16);

    /** More take seconds on a slow host, and tell nothing that fewer do not. */
    private static final int MOST_TOKENS = 4_096;

    private static final Duration TIME = Duration.ofMillis(300);

    /** Less than that is noise: the smaller batch answers sooner. */
    private static final double CLEARLY = 1.05;

    /** What a pair's neighbours may change of its logit: what reordered float sums make. */
    private static final double NOTHING = 0.01;

    private final PrintWriter out;

    SpeedReport(PrintWriter out) {
        this.out = out;
    }

    /** One text a run, as the bi-encoder is used. */
    void print(BiEncoder encoder, int maxSequenceLength) {
        int threads = Runtime.getRuntime().availableProcessors();
        var rate = new Rate(threads, TIME);
        out.printf("speed      texts/s, %s%n", beside(threads));
        out.printf("           %8s %8s%n", "tokens", "texts/s");
        lengths(maxSequenceLength)
                .forEach(
                        length -> {
                            String text = "a ".repeat(length - 2);
                            double texts = rate.of(() -> encoder.encodePassage(text));
                            out.printf("           %8d %8.1f%n", encoder.tokens(text), texts);
                        });
    }

    /** By batch, and which batch is of use. */
    void print(OnnxCrossEncoder encoder) {
        var rate = new Rate(encoder.concurrency(), TIME);
        int longest = encoder.card().maxSequenceLength();
        out.printf("speed      pairs/s, %s%n", beside(encoder.concurrency()));
        out.printf("           %8s", "tokens");
        BATCHES.forEach(batch -> out.printf(" %8s", "batch " + batch));
        out.println();
        Map<Integer, Double> typical = new LinkedHashMap<>();
        for (int length : lengths(longest).toArray()) {
            Map<Integer, Double> pairs = pairsASecond(encoder, rate, length);
            printRow(length, pairs);
            if (length <= TYPICAL) {
                typical = pairs;
            }
        }
        out.printf("batch      %s%n", recommended(typical, difference(encoder)));
    }

    private void printRow(int length, Map<Integer, Double> pairs) {
        out.printf("           %8d", length);
        for (int batch : BATCHES) {
            Double rate = pairs.get(batch);
            out.printf(" %8s", rate == null ? "-" : "%.1f".formatted(rate));
        }
        out.println();
        out.flush();
    }

    /** By batch; of equal lengths, so that no time goes into padding. */
    private static Map<Integer, Double> pairsASecond(
            OnnxCrossEncoder encoder, Rate rate, int length) {
        ModelInput input = input(encoder, length);
        Map<Integer, Double> rates = new LinkedHashMap<>();
        for (int batch : BATCHES) {
            if (batch * length <= MOST_TOKENS) {
                List<ModelInput> pairs = Collections.nCopies(batch, input);
                rates.put(batch, batch * rate.of(() -> encoder.logits(pairs, new StopSignal())));
            }
        }
        return rates;
    }

    private static String recommended(Map<Integer, Double> rates, double difference) {
        int best = 1;
        for (var entry : rates.entrySet()) {
            if (entry.getValue() > CLEARLY * rates.getOrDefault(best, 0.0)) {
                best = entry.getKey();
            }
        }
        // Written so that NaN is a difference.
        if (!(difference <= NOTHING)) {
            return "1 recommended: together, pairs change each other's logits, by up to %.3f among three. Tandem runs one pair a run on a CPU"
                    .formatted(difference);
        }
        return best == 1
                ? "1 recommended, which Tandem uses on a CPU: no larger one does clearly more of equal length, and unequal ones are padded"
                : "%d would do %.2f times as much as 1, of equal length; unequal ones are padded, so Tandem runs one pair a run on a CPU"
                        .formatted(
                                best, rates.getOrDefault(best, 0.0) / rates.getOrDefault(1, 1.0));
    }

    /** The largest that two pairs more in a run make to a pair's logit. */
    private static double difference(OnnxCrossEncoder encoder) {
        var tokenizer = encoder.tokenizer();
        long[] query = tokenizer.ids(SanityPair.QUERY);
        List<ModelInput> pairs =
                List.of(SanityPair.ANSWER, SanityPair.OTHER, SanityPair.QUERY).stream()
                        .map(text -> tokenizer.pair(query, tokenizer.storableIds(text)))
                        .toList();
        float[] together = encoder.logits(pairs, new StopSignal());
        return IntStream.range(0, together.length)
                .mapToDouble(i -> Math.abs(together[i] - encoder.logit(pairs.get(i))))
                .max()
                .orElse(0);
    }

    /** A sequence of so many tokens, special ones included. */
    private static ModelInput input(OnnxCrossEncoder encoder, int length) {
        var tokenizer = encoder.tokenizer();
        long[] ids = new long[length - tokenizer.single(new long[0]).length()];
        Arrays.fill(ids, tokenizer.ids("a")[0]);
        return tokenizer.single(ids);
    }

    private static IntStream lengths(int longest) {
        return IntStream.concat(
                        Arrays.stream(LENGTHS).filter(length -> length <= longest),
                        IntStream.of(Math.min(longest, LENGTHS[LENGTHS.length - 1])))
                .distinct();
    }

    private static String beside(int threads) {
        return threads == 1 ? "one run at a time" : threads + " runs side by side";
    }
}
