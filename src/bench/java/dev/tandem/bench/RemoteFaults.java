package dev.tandem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.evaluation.Measures;
import dev.tandem.fixtures.RerankServer;
import dev.tandem.model.Deadline;
import dev.tandem.model.Passage;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.rerank.Convergence;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.OnnxCrossEncoder;
import dev.tandem.rerank.Outcome;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.PassageCut;
import dev.tandem.rerank.Helpers;
import dev.tandem.rerank.RemoteReranker;
import dev.tandem.rerank.RerankTask;
import dev.tandem.rerank.Reranker;
import dev.tandem.rerank.Reranking;
import dev.tandem.rerank.ScoreCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a remote reranker gives and what a broken one costs: each question under each budget without
 * a remote, with a healthy one, and with one that stalls for two seconds on a fifth of its calls,
 * is dead, or answers garbage; in random order, one at a time. The remote is a table of the logits
 * that were computed here before, behind HTTP, and answers after 8 ms: it stands for a GPU, and
 * shares this machine's cores. Stage 2 alone.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=RemoteFaults \
 *     -Dbench.args="DATA/COLLECTION QUESTIONS ROUNDS"</pre>
 */
public final class RemoteFaults implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CANDIDATES = 100;
    private static final int[] BUDGETS = {100, 200, 400};
    private static final int BATCH = 32;
    private static final int WARM_UP = 8;
    private static final int TOP = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final OnnxCrossEncoder model;
    private final DeadlineTimer timer = DeadlineTimer.start();
    private final Map<String, Float> table = new ConcurrentHashMap<>();
    private final Map<String, Way> ways = new LinkedHashMap<>();
    private final Map<String, List<Row>> rows = new TreeMap<>();
    private final List<Runnable> ends = new ArrayList<>();

    /** A way to answer. */
    private record Way(Reranker reranker, RemoteReranker remote, TableServer server) {}

    /** A question with what is to be put in order, read and told to the model. */
    private record Question(String text, List<String> texts, List<int[]> passages) {}

    private record Row(double millis, long depth, int remote, int failed, int wrong) {}

    private RemoteFaults(OnnxCrossEncoder model) throws Exception {
        this.model = model;
        Reranker alone = new Reranker(model, ScoreCache.NONE, timer, model.concurrency());
        ends.add(alone::close);
        ways.put("cpu-only", new Way(alone, null, null));
        for (String name : List.of("healthy", "stalls", "dead", "garbage")) {
            ways.put(name, way());
        }
    }

    public static void main(String[] args) throws Exception {
        Path data = Path.of(args[0]);
        try (var model = OnnxCrossEncoder.open(ModelFolder.open(Path.of("models"), "tandem-minilm-l6"));
                var bench = new RemoteFaults(model)) {
            List<Question> questions = bench.questions(data, Integer.parseInt(args[1]));
            questions.parallelStream().forEach(bench::score);
            System.out.printf("%d logits are known%n", bench.table.size());
            bench.run(questions, Integer.parseInt(args[2]));
            bench.report();
        }
    }

    private Way way() throws IOException, InterruptedException {
        var server = new TableServer(this::logit);
        var config = RerankServer.config(server.port(), BATCH, TIMEOUT);
        var remote = RemoteReranker.open(config, model, model.card()).orElseThrow();
        while (!remote.use().state().equals("takes part")) {
            Thread.sleep(20);
        }
        var reranker = new Reranker(model, ScoreCache.NONE, timer, model.concurrency(), new Helpers(remote, null));
        ends.addAll(List.of(server::close, remote::close, reranker::close));
        return new Way(reranker, remote, server);
    }

    private List<Question> questions(Path data, int count) throws IOException {
        List<String> corpus = new ArrayList<>();
        for (String line : Files.readAllLines(data.resolve("corpus.jsonl"))) {
            JsonNode json = JSON.readTree(line);
            String title = json.path("title").asText();
            corpus.add(new Passage("", title, json.path("text").asText(), Map.of()).fullText());
        }
        Collections.shuffle(corpus, new Random(11));
        List<String> lines = Files.readAllLines(data.resolve("queries.jsonl"));
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = JSON.readTree(lines.get(i * lines.size() / count)).path("text").asText();
            int from = i * CANDIDATES % (corpus.size() - CANDIDATES);
            questions.add(question(text, corpus.subList(from, from + CANDIDATES)));
        }
        return questions;
    }

    private Question question(String text, List<String> texts) {
        var tokenizer = model.tokenizer();
        List<int[]> passages = texts.stream().map(tokenizer::storableIds).toList();
        return new Question(text, List.copyOf(texts), passages);
    }

    private void score(Question question) {
        question.texts().forEach(text -> logit(question.text(), text));
    }

    private float logit(String query, String text) {
        return table.computeIfAbsent(
                query + "\u0000" + text,
                _ -> {
                    var tokenizer = model.tokenizer();
                    return model.logit(
                            tokenizer.pair(tokenizer.ids(query), tokenizer.storableIds(text)));
                });
    }

    private void run(List<Question> questions, int rounds) {
        questions.stream().limit(WARM_UP).forEach(q -> ways.keySet().forEach(way -> run(way, q, 200)));
        rows.clear();
        ways.get("stalls").server().become(TableServer.Mode.STALLS);
        ways.get("garbage").server().become(TableServer.Mode.GARBAGE);
        ways.get("dead").server().close();
        List<Runnable> tasks = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (Question question : questions) {
                for (int budget : BUDGETS) {
                    List<Runnable> its = new ArrayList<>();
                    ways.keySet().forEach(way -> its.add(() -> run(way, question, budget)));
                    Collections.shuffle(its, new Random(tasks.size()));
                    tasks.addAll(its);
                }
            }
        }
        tasks.forEach(Runnable::run);
    }

    private void run(String name, Question question, int budget) {
        Way way = ways.get(name);
        var task =
                new RerankTask(
                                model.tokenizer().ids(question.text()),
                                CANDIDATES,
                                question.passages()::get,
                                PassageCut.HEAD,
                                Convergence.NEVER)
                        .with(new RerankTask.Texts(question.text(), question.texts()::get, TOP));
        long began = System.nanoTime();
        var deadline = Deadline.after(Duration.ofMillis(budget));
        Reranking reranking = way.reranker().rerank(task, deadline).await().indefinitely();
        double millis = (System.nanoTime() - began) / 1e6;
        rows.computeIfAbsent("%3d %s".formatted(budget, name), _ -> new ArrayList<>())
                .add(row(millis, question, reranking));
    }

    private Row row(double millis, Question question, Reranking reranking) {
        int scored = 0;
        int failed = 0;
        int wrong = 0;
        for (Outcome outcome : reranking.outcomes()) {
            if (outcome instanceof Scored(int index, float logit, _, _, _)) {
                scored++;
                wrong += logit == logit(question.text(), question.texts().get(index)) ? 0 : 1;
            } else if (outcome instanceof Outcome.Skipped(_, Outcome.Reason reason)) {
                failed += reason == Outcome.Reason.FAILED ? 1 : 0;
            }
        }
        return new Row(millis, scored, reranking.work().remotePairs(), failed, wrong);
    }

    private void report() {
        System.out.println(
                "budget, way     answers    p50 ms    p99 ms    max ms   p99 over cpu-only   depth   of the remote   failed   wrong");
        for (int budget : BUDGETS) {
            double alone = Measures.percentile(millis("%3d cpu-only".formatted(budget)), 99);
            for (String way : ways.keySet()) {
                String key = "%3d %s".formatted(budget, way);
                List<Row> its = rows.getOrDefault(key, List.of());
                double p99 = Measures.percentile(millis(key), 99);
                System.out.printf(
                        "%-14s %8d %9.1f %9.1f %9.1f %19.1f %7.1f %15.1f %8d %7d%n",
                        key,
                        its.size(),
                        Measures.percentile(millis(key), 50),
                        p99,
                        Measures.percentile(millis(key), 100),
                        p99 - alone,
                        its.stream().mapToLong(Row::depth).average().orElse(0),
                        its.stream().mapToInt(Row::remote).average().orElse(0),
                        its.stream().mapToInt(Row::failed).sum(),
                        its.stream().mapToInt(Row::wrong).sum());
            }
        }
        ways.forEach(
                (name, way) -> {
                    if (way.remote() != null) {
                        System.out.println(name + ": " + way.remote().use());
                    }
                });
    }

    private List<Double> millis(String key) {
        return rows.getOrDefault(key, List.of()).stream().map(Row::millis).toList();
    }

    @Override
    public void close() {
        ends.reversed().forEach(Runnable::run);
        timer.close();
    }
}
