package dev.tandem.bench;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * What ONNX Runtime alone could do: tensors are there before the clock starts, of pairs of like
 * length and with the longest first.
 */
final class PackedScorer implements PairScorer {

    private final Packing packing;
    private final int count;
    private final BareSession session;
    private final ExecutorService lanes;
    private final List<PackedBatch> batches = new ArrayList<>();

    /**
     * @param pairs in a run
     * @param lanes runs side by side, with one thread each; if 1, one run has all cores
     * @param arena whether ONNX Runtime keeps memory for the next run, as it does by default
     */
    record Packing(String name, int pairs, int lanes, boolean arena) {

        private SessionOptions options() throws OrtException {
            var options = BareSession.defaults();
            options.setCPUArenaAllocator(arena);
            options.setMemoryPatternOptimization(false);
            if (lanes > 1) {
                options.setIntraOpNumThreads(1);
            }
            return options;
        }
    }

    /**
     * @param places of its pairs among all
     */
    private record PackedBatch(PairBatch pairs, List<Integer> places) {}

    PackedScorer(Packing packing, LongModel model, QueryPairs pairs)
            throws IOException, OrtException {
        this.packing = packing;
        count = pairs.count();
        session = BareSession.open(model.graph(), packing.options());
        lanes = Executors.newFixedThreadPool(packing.lanes());
        try (var tokenizer = PeerTokenizer.open(model)) {
            pack(tokenizer.pairs(pairs.query(), pairs.passages()));
        }
    }

    @Override
    public String name() {
        return packing.name();
    }

    @Override
    public ScoredPairs score() {
        double[] logits = new double[count];
        var next = new AtomicInteger();
        List<CompletableFuture<Void>> running =
                IntStream.range(0, packing.lanes())
                        .mapToObj(_ -> CompletableFuture.runAsync(() -> run(next, logits), lanes))
                        .toList();
        running.forEach(CompletableFuture::join);
        var tokens = batches.stream().map(batch -> batch.pairs().tokens());
        return ScoredPairs.of(logits, tokens.reduce(TokenCount.NONE, TokenCount::plus));
    }

    @Override
    public void close() {
        lanes.close();
        batches.forEach(batch -> batch.pairs().close());
        session.close();
    }

    private void pack(List<Encoding> pairs) throws OrtException {
        Comparator<Integer> byLength = Comparator.comparingInt(i -> pairs.get(i).getIds().length);
        List<Integer> longestFirst =
                IntStream.range(0, count).boxed().sorted(byLength.reversed()).toList();
        for (int from = 0; from < count; from += packing.pairs()) {
            var places = longestFirst.subList(from, Math.min(from + packing.pairs(), count));
            batches.add(
                    new PackedBatch(
                            PairBatch.of(places.stream().map(pairs::get).toList()), places));
        }
    }

    private void run(AtomicInteger next, double[] logits) {
        for (int at = next.getAndIncrement(); at < batches.size(); at = next.getAndIncrement()) {
            PackedBatch batch = batches.get(at);
            float[] its = run(batch.pairs());
            for (int i = 0; i < its.length; i++) {
                logits[batch.places().get(i)] = its[i];
            }
        }
    }

    private float[] run(PairBatch pairs) {
        try {
            return session.run(pairs);
        } catch (OrtException e) {
            throw new CompletionException(e);
        }
    }
}
