package dev.tandem.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.candidates.BiEncoder;
import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.evaluation.Judgements;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.Memory;
import dev.tandem.index.PassageStore;
import dev.tandem.model.Candidate;
import dev.tandem.model.Span;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.rerank.OnnxCrossEncoder;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes what both stages say of every candidate of judged queries, a JSON line a query: grades,
 * similarities, tokens, and the logits at some lengths of the pair. Studies of depth, of early
 * stops and of shorter pairs read it, and need no model any more.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=LogitTable \
 *     -Dbench.args="INDEX DATA/COLLECTION QUERIES CANDIDATES LENGTH,LENGTH... OUT.jsonl"</pre>
 */
public final class LogitTable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private LogitTable() {}

    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[1]);
        int count = Integer.parseInt(args[3]);
        List<Integer> lengths = Arrays.stream(args[4].split(",")).map(Integer::valueOf).toList();
        var judged = Judgements.read(data.resolve("queries.jsonl"), data.resolve("qrels.tsv"));
        var generation = new IndexFolder(Path.of(args[0])).current();
        var manifest = generation.manifest();
        try (var bi = BiEncoder.open(ModelFolder.open(Path.of("models"), manifest.biEncoder().name()));
                var cross = OnnxCrossEncoder.open(ModelFolder.open(Path.of("models"), "tandem-minilm-l6"));
                var searcher =
                        JVectorCandidateSearcher.open(
                                generation.folder(), manifest.passages(), manifest.dimension(), 2, Memory.LOW);
                var store = PassageStore.open(generation);
                var out = new PrintWriter(Files.newBufferedWriter(Path.of(args[5])))) {
            for (var query : Judgements.sample(judged, Integer.parseInt(args[2]))) {
                List<Candidate> candidates =
                        searcher.search(bi.encodeQuery(query.text()), count, null, WalkLimits.NONE).list();
                long[] tokens = cross.tokenizer().ids(query.text());
                List<int[]> passages = candidates.stream().map(c -> store.tokenIds(c.ordinal())).toList();
                var its = query.grades();
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("query", query.id());
                row.put("queryTokens", tokens.length);
                row.put("judged", its.values());
                row.put("grades", candidates.stream().map(c -> its.getOrDefault(store.passage(c.ordinal()).id(), 0)).toList());
                row.put("similarity", candidates.stream().map(Candidate::similarity).toList());
                row.put("tokens", passages.stream().map(p -> p.length).toList());
                for (int length : lengths) {
                    row.put("logit" + length, logits(cross, tokens, passages, length));
                }
                out.println(JSON.writeValueAsString(row));
            }
        }
    }

    private static float[] logits(OnnxCrossEncoder cross, long[] query, List<int[]> passages, int length) {
        int room = length - (cross.card().maxSequenceLength() - cross.tokenizer().passageRoom(query.length));
        float[] logits = new float[passages.size()];
        IntStream.range(0, logits.length)
                .parallel()
                .forEach(
                        i -> {
                            int[] passage = passages.get(i);
                            var span = new Span(0, Math.clamp(room, 1, Math.max(1, passage.length)));
                            logits[i] = cross.logit(cross.tokenizer().pair(query, passage, span));
                        });
        return logits;
    }
}
