package dev.tandem.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.rerank.OnnxCrossEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Compares the cross-encoder's logits with those that src/bench/python/reference.py pairs wrote.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=PairScores -Dbench.args="pairs.jsonl"</pre>
 */
public final class PairScores {

    private PairScores() {}

    public static void main(String[] args) throws Exception {
        var json = new ObjectMapper();
        List<Double> differences = new ArrayList<>();
        try (var model =
                OnnxCrossEncoder.open(ModelFolder.open(Path.of("models"), "tandem-minilm-l6"))) {
            var tokenizer = model.tokenizer();
            for (String line : Files.readAllLines(Path.of(args[0]))) {
                var pair = json.readTree(line);
                long[] query = tokenizer.ids(pair.path("query").asText());
                int[] passage = tokenizer.storableIds(pair.path("passage").asText());
                double logit = model.logit(tokenizer.pair(query, passage));
                differences.add(Math.abs(logit - pair.path("logit").asDouble()));
            }
        }
        differences.sort(Comparator.naturalOrder());
        System.out.printf(
                "%d pairs, largest difference %.2e, median %.2e%n",
                differences.size(),
                differences.getLast(),
                differences.get(differences.size() / 2));
    }
}
