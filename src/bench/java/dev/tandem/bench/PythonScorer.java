package dev.tandem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.onnx.CpuFeatures;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A child, src/bench/python/throughput.py, that batches as sentence-transformers does. It has the
 * texts before the clock starts; what the pipe takes is under 1 ms.
 */
final class PythonScorer implements PairScorer {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process child;
    private final BufferedWriter requests;
    private final BufferedReader answers;

    PythonScorer(String python, LongModel model, QueryPairs pairs) throws IOException {
        child =
                new ProcessBuilder(python, "src/bench/python/throughput.py")
                        .redirectError(Redirect.INHERIT)
                        .start();
        requests = child.outputWriter(StandardCharsets.UTF_8);
        answers = child.inputReader(StandardCharsets.UTF_8);
        ask(
                Map.of(
                        "graph", model.graph().toString(),
                        "tokenizer", model.plainTokenizer().toString(),
                        "maxSequenceLength", model.maxSequenceLength(),
                        "saturates", CpuFeatures.ofThisHost().saturates(),
                        "query", pairs.query(),
                        "passages", pairs.passages()));
    }

    @Override
    public String name() {
        return "python-st-32";
    }

    @Override
    public ScoredPairs score() throws IOException {
        JsonNode answer = ask(Map.of());
        return ScoredPairs.of(
                answer.path("logits").valueStream().mapToDouble(JsonNode::asDouble).toArray(),
                new TokenCount(
                        answer.path("tokens").asLong(), answer.path("paddedTokens").asLong()));
    }

    /** It ends when nothing more can be asked. */
    @Override
    public void close() {
        try (answers;
                requests) {
            child.destroy();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode ask(Map<String, ?> request) throws IOException {
        requests.write(JSON.writeValueAsString(request));
        requests.newLine();
        requests.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("The Python child ended; its message is above");
        }
        return JSON.readTree(answer);
    }
}
