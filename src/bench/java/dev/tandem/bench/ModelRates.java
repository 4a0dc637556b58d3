package dev.tandem.bench;

import ai.onnxruntime.OrtException;

import dev.tandem.onnx.ModelFolder;
import dev.tandem.rerank.OnnxCrossEncoder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Measures pairs a second of several cross-encoders over the same candidates of one query, as the
 * search engine scores them.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=ModelRates \
 *     -Dbench.args="DATA/COLLECTION CANDIDATES ROUNDS even|natural MODEL..."</pre>
 *
 * <p>MODEL is a folder; all have the first one's tokenizer, or the same. They take turns in each
 * round, in random order. The last column is a model's rate as a multiple of the first one's,
 * median of the rounds.
 */
public final class ModelRates implements AutoCloseable {

    private final List<OnnxCrossEncoder> models = new ArrayList<>();
    private final List<PairRates> all = new ArrayList<>();

    private ModelRates() {}

    public static void main(String[] args) throws Exception {
        try (var rates = new ModelRates()) {
            rates.open(args, Arrays.asList(args).subList(4, args.length));
            rates.run(Integer.parseInt(args[2]));
            rates.report();
        }
    }

    private void open(String[] args, List<String> folders) throws IOException, OrtException {
        for (String folder : folders) {
            Path path = Path.of(folder).toAbsolutePath();
            String name = path.getFileName().toString();
            models.add(OnnxCrossEncoder.open(ModelFolder.open(path.getParent(), name)));
        }
        OnnxCrossEncoder first = models.getFirst();
        boolean even = args[3].equals("even");
        var pairs =
                QueryPairs.of(
                        Path.of(args[0]), first.tokenizer(), Integer.parseInt(args[1]), even);
        System.out.printf(
                "%d pairs, %d tokens in all, %d runs side by side%n",
                pairs.count(), pairs.tokens(), first.concurrency());
        for (int i = 0; i < folders.size(); i++) {
            all.add(new PairRates(TandemScorer.ofStored(folders.get(i), models.get(i), pairs)));
        }
    }

    private void run(int rounds) throws IOException, OrtException {
        var random = new Random(1);
        List<PairRates> order = new ArrayList<>(all);
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (PairRates one : order) {
                one.round();
            }
        }
    }

    private void report() {
        System.out.printf(
                "%-18s %8s %18s %8s %8s%n", "", "pairs/s", "quartiles", "padding", "first");
        for (PairRates one : all) {
            System.out.printf("%s %7.2fx%n", one.report(), one.ratioTo(all.getFirst()));
        }
    }

    @Override
    public void close() {
        all.forEach(one -> one.scorer().close());
        models.forEach(OnnxCrossEncoder::close);
    }
}
