package dev.tandem.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tandem.fixtures.RealModels;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.rerank.OnnxCrossEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Compares the cross-encoder's logits with those in a file, which src/bench/python/reference.py
 * pairs writes, or this on another host: with a second file it writes its own there.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=PairScores -Dbench.args="pairs.jsonl [OUT.jsonl]"</pre>
 */
public final class PairScores {

    private PairScores() {}

    public static void main(String[] args) throws Exception {
        var json = new ObjectMapper();
        List<Double> differences = new ArrayList<>();
        List<String> own = new ArrayList<>();
        var folder = ModelFolder.open(RealModels.FOLDER, RealModels.CROSS_ENCODER);
        try (var model = OnnxCrossEncoder.open(folder)) {
            System.out.println(model.numerics());
            var tokenizer = model.tokenizer();
            for (String line : Files.readAllLines(Path.of(args[0]))) {
                var pair = (ObjectNode) json.readTree(line);
                long[] query = tokenizer.ids(pair.path("query").asText());
                int[] passage = tokenizer.storableIds(pair.path("passage").asText());
                double logit = model.logit(tokenizer.pair(query, passage));
                differences.add(Math.abs(logit - pair.path("logit").asDouble()));
                own.add(json.writeValueAsString(pair.put("logit", logit)));
            }
        }
        differences.sort(Comparator.naturalOrder());
        System.out.printf(
                "%d pairs, largest difference %.2e, median %.2e%n",
                differences.size(),
                differences.getLast(),
                differences.get(differences.size() / 2));
        if (args.length > 1) {
            Files.write(Path.of(args[1]), own);
        }
    }
}
