package dev.tandem.bench;

import ai.onnxruntime.OrtException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A scorer, and the pairs a second it reached in each round. */
final class PairRates {

    private final PairScorer scorer;
    private final ScoredPairs checked;
    private final List<Double> rates = new ArrayList<>();

    /** Scores all pairs once, to warm up, and keeps what came out. */
    PairRates(PairScorer scorer) throws IOException, OrtException {
        this.scorer = scorer;
        checked = scorer.score();
    }

    PairScorer scorer() {
        return scorer;
    }

    ScoredPairs checked() {
        return checked;
    }

    double round() throws IOException, OrtException {
        long started = System.nanoTime();
        int pairs = scorer.score().logits().size();
        double rate = 1e9 * pairs / (System.nanoTime() - started);
        rates.add(rate);
        return rate;
    }

    double median() {
        return quantile(rates, 0.5);
    }

    /** The median of a round's quotients: what disturbs a round disturbs both. */
    double ratioTo(PairRates other) {
        return quantile(
                IntStream.range(0, rates.size())
                        .mapToObj(round -> rates.get(round) / other.rates.get(round))
                        .toList(),
                0.5);
    }

    String report() {
        return "%-18s %8.1f %8.1f -%8.1f %8.3f"
                .formatted(
                        scorer.name(),
                        median(),
                        quantile(rates, 0.25),
                        quantile(rates, 0.75),
                        checked.tokens().ratio());
    }

    private static double quantile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        double at = share * (sorted.size() - 1);
        double below = sorted.get((int) Math.floor(at));
        double above = sorted.get((int) Math.ceil(at));
        return below + (at - Math.floor(at)) * (above - below);
    }
}
