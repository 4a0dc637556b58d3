package dev.tandem.bench;

import ai.onnxruntime.OrtException;

import dev.tandem.rerank.OnnxCrossEncoder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Measures pairs a second of a cross-encoder over the candidates of one query, for Tandem and for
 * other ways to run the same file over the same texts on the same cores.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=Throughput \
 *     -Dbench.args="DATA/COLLECTION CANDIDATES ROUNDS PYTHON even|natural" -Dbench.jvm=-Xmx4g</pre>
 *
 * <p>PYTHON is an interpreter with onnxruntime, tokenizers and numpy; lengths are spread evenly
 * over 20 to 512 tokens, or are as the collection has them. Further arguments name the
 * scorers beside Tandem's; without any it takes all but langchain4j-whole, which is one run over
 * all candidates: 1,000 of them do not fit in 16 GB, so langchain4j takes 100 a run. All have the
 * same tokens, which is checked, and take turns in each round, in random order. The last columns
 * are Tandem's rate as a multiple of each.
 */
public final class Throughput {

    private static final Path MODEL = Path.of("models", "tandem-minilm-l6");
    private static final int MAX_SEQUENCE_LENGTH = 512;
    private static final int SLICE = 100;
    private static final int LARGEST_BATCH = 32;

    /** In int8 the scale is taken over a run: with two pairs in it logits move by up to 1. */
    private static final double LEAST_CORRELATION = 0.98;

    private static final String PACKED = "packed-";
    private static final List<String> PEERS =
            List.of(
                    "tandem-batches",
                    "langchain4j",
                    "fifo-32",
                    "python-st-32",
                    "packed-1",
                    "packed-1-no-arena",
                    "packed-4",
                    "packed-8");

    /** Idle threads of ONNX Runtime spin for some time after a run. */
    private static final int PAUSE_MS = 100;

    private final LongModel model;
    private final OnnxCrossEncoder crossEncoder;
    private final QueryPairs pairs;
    private final String python;
    private final List<PairRates> all = new ArrayList<>();

    private Throughput(
            LongModel model, OnnxCrossEncoder crossEncoder, QueryPairs pairs, String python) {
        this.model = model;
        this.crossEncoder = crossEncoder;
        this.pairs = pairs;
        this.python = python;
    }

    public static void main(String[] args) throws Exception {
        int candidates = Integer.parseInt(args[1]);
        List<String> peers = args.length > 5 ? Arrays.asList(args).subList(5, args.length) : PEERS;
        try (var model = LongModel.copy(MODEL, MAX_SEQUENCE_LENGTH);
                var crossEncoder = OnnxCrossEncoder.open(model.folder())) {
            var pairs =
                    QueryPairs.of(
                            Path.of(args[0]),
                            crossEncoder.tokenizer(),
                            candidates,
                            args[4].equals("even"));
            var throughput = new Throughput(model, crossEncoder, pairs, args[3]);
            try {
                throughput.open(peers);
                throughput.run(Integer.parseInt(args[2]));
                throughput.report();
            } finally {
                throughput.all.forEach(one -> one.scorer().close());
            }
        }
    }

    private void open(List<String> peers) throws IOException, OrtException {
        System.out.printf(
                "%d pairs of %d to %d tokens, %d in all; Tandem runs %d side by side%n%n",
                pairs.count(),
                Collections.min(pairs.lengths()),
                Collections.max(pairs.lengths()),
                pairs.tokens(),
                crossEncoder.concurrency());
        add(TandemScorer.ofTexts(crossEncoder, pairs));
        add(TandemScorer.ofStored("tandem-stored", crossEncoder, pairs));
        for (String peer : peers) {
            add(peer(peer));
        }
    }

    private PairScorer peer(String name) throws IOException, OrtException {
        int cores = Runtime.getRuntime().availableProcessors();
        return switch (name) {
            case "tandem-batches" -> TandemScorer.ofBatches(crossEncoder, pairs, LARGEST_BATCH);
            case "langchain4j" -> new LangChainScorer(name, model, pairs, SLICE);
            case "langchain4j-whole" -> new LangChainScorer(name, model, pairs, pairs.count());
            case "fifo-32" -> new FifoScorer(model, pairs);
            case "python-st-32" -> new PythonScorer(python, model, pairs);
            case "packed-1" -> packed(name, 1, cores, true);
            case "packed-1-no-arena" -> packed(name, 1, cores, false);
            case "packed-4" -> packed(name, 4, cores, true);
            case "packed-8" -> packed(name, 8, 1, true);
            default -> throw new IllegalArgumentException("No scorer " + name);
        };
    }

    private PairScorer packed(String name, int batch, int lanes, boolean arena)
            throws IOException, OrtException {
        return new PackedScorer(new PackedScorer.Packing(name, batch, lanes, arena), model, pairs);
    }

    /** Scores once, and compares with Tandem's tokens and logits. */
    private void add(PairScorer scorer) throws IOException, OrtException {
        var added = new PairRates(scorer);
        all.add(added);
        ScoredPairs tandems = all.getFirst().checked();
        ScoredPairs its = added.checked();
        double correlation = its.correlation(tandems);
        System.out.printf(
                "%-18s %d tokens, logits correlate %.4f, largest difference %.3f%n",
                scorer.name(), its.tokens().real(), correlation, its.largestDifference(tandems));
        if (its.tokens().real() != pairs.tokens() || !(correlation > LEAST_CORRELATION)) {
            throw new IllegalStateException(scorer.name() + " scores something else");
        }
    }

    private void run(int rounds) throws Exception {
        var random = new Random(1);
        List<PairRates> order = new ArrayList<>(all);
        for (int round = 1; round <= rounds; round++) {
            Collections.shuffle(order, random);
            List<String> rates = new ArrayList<>();
            for (PairRates one : order) {
                Thread.sleep(PAUSE_MS);
                rates.add("%s %.1f".formatted(one.scorer().name(), one.round()));
            }
            System.out.printf("round %d: %s%n", round, String.join(", ", rates));
        }
    }

    private void report() {
        PairRates tandem = all.getFirst();
        PairRates stored = all.get(1);
        System.out.printf(
                "%n%-18s %8s %18s %8s %8s %8s%n",
                "", "pairs/s", "quartiles", "padding", "tandem", "stored");
        for (PairRates one : all) {
            System.out.printf(
                    "%s %7.2fx %7.2fx%n", one.report(), tandem.ratioTo(one), stored.ratioTo(one));
        }
        all.stream()
                .filter(one -> one.scorer().name().startsWith(PACKED))
                .max(Comparator.comparingDouble(PairRates::median))
                .ifPresent(
                        best -> System.out.printf("%nThe bare ONNX Runtime: %s%n", best.report()));
    }
}
