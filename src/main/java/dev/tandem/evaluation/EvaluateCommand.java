package dev.tandem.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.evaluation.Evaluation.Report;
import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.Memory;
import dev.tandem.index.Verify;
import dev.tandem.model.LongPassages;
import dev.tandem.model.Order;
import dev.tandem.model.RerankOptions;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.rerank.RemoteConfig;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.rerank.ScoreCache;
import dev.tandem.retrieval.EngineSettings;
import dev.tandem.retrieval.Models;
import dev.tandem.retrieval.SearchEngine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.IntConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tandem evaluate}. */
@Command(
        name = "evaluate",
        description = "Measure both stages on judged queries.",
        mixinStandardHelpOptions = true)
public final class EvaluateCommand implements Callable<Integer> {

    private final ModelsConfig models;
    private final CandidatesConfig candidates;
    private final RerankConfig rerank;
    private final RemoteConfig remote;

    @Option(
            names = "--index",
            required = true,
            paramLabel = "DIR",
            description = "Folder of the index.")
    private Path index = Path.of("");

    @Option(
            names = "--queries",
            required = true,
            paramLabel = "FILE",
            description = "JSON lines with _id and text.")
    private Path queries = Path.of("");

    @Option(
            names = "--qrels",
            required = true,
            paramLabel = "FILE",
            description = "Lines of query, passage and grade with tabs between, after a header.")
    private Path qrels = Path.of("");

    @Option(
            names = "--candidate-count",
            defaultValue = "100",
            paramLabel = "N",
            description = "Candidates of stage 1, 10 to 1000 (default: 100).")
    private int candidateCount = 100;

    @Option(
            names = "--budget-ms",
            paramLabel = "N",
            description = "Milliseconds for each answer; left out, every candidate is scored.")
    private @Nullable Integer budgetMs;

    @Option(
            names = "--order",
            paramLabel = "blend|replace|rrf",
            description = "How the two stages make one order (default: as configured).")
    private @Nullable Order order;

    @Option(
            names = "--long-passages",
            paramLabel = "head|chunkMax|bestPassage",
            description =
                    "What is read of passages longer than the cross-encoder reads at once (default:"
                            + " as the index says, or as configured).")
    private @Nullable LongPassages longPassages;

    @Option(
            names = "--early-stop",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description =
                    "End scoring when more of it is unlikely to change the top 10 (default: as"
                            + " configured).")
    private @Nullable Boolean earlyStop;

    @Option(
            names = "--sample",
            paramLabel = "N",
            description =
                    "Evaluate about N queries, evenly spread over the file; left out, all of them.")
    private @Nullable Integer sample;

    @Option(
            names = "--tune-blend",
            description =
                    "Fit how logit and similarity are blended, and say what that is worth on"
                            + " queries that it was not fitted on. Scores every candidate.")
    private boolean tuneBlend;

    @Option(
            names = "--write",
            description =
                    "With --tune-blend: put the weights into the cross-encoder's model.json, unless"
                            + " they are worse than the ones in use.")
    private boolean write;

    @Option(
            names = "--json",
            description = "Print one JSON object on standard output, and nothing else there.")
    private boolean json;

    @Spec private CommandSpec spec;

    public EvaluateCommand(
            ModelsConfig models,
            CandidatesConfig candidates,
            RerankConfig rerank,
            RemoteConfig remote) {
        this.models = models;
        this.candidates = candidates;
        this.rerank = rerank;
        this.remote = remote;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        checkNumbers();
        checkTuning();
        List<Judged> judged = sampled(Judgements.read(queries, qrels));
        try (var loaded = Models.open(models, rerank, remote);
                var leased = new IndexFolder(index).lease(Verify.LENGTHS);
                var engine =
                        SearchEngine.open(
                                loaded,
                                leased.generation(),
                                new EngineSettings(
                                        candidates, rerank, Memory.LOW, ScoreCache.NONE))) {
            loaded.verify();
            if (tuneBlend) {
                tune(loaded, engine, judged);
            } else {
                evaluate(engine, judged);
            }
        }
        return 0;
    }

    private void checkNumbers() {
        if (candidateCount < 10 || candidateCount > 1_000) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--candidate-count: got " + candidateCount + ", expected 10 to 1000");
        }
        if (budgetMs != null && budgetMs < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--budget-ms: got " + budgetMs + ", expected 1 or more");
        }
    }

    private void checkTuning() {
        if (write && !tuneBlend) {
            throw new ParameterException(
                    spec.commandLine(), "--write: got it alone, expected --tune-blend with it");
        }
        if (tuneBlend && (budgetMs != null || order != null || earlyStop != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--tune-blend scores every candidate and makes the order itself: leave out"
                            + " --budget-ms, --order and --early-stop");
        }
    }

    private void evaluate(SearchEngine engine, List<Judged> judged) throws JsonProcessingException {
        Duration budget = budgetMs == null ? Evaluation.NO_BUDGET : Duration.ofMillis(budgetMs);
        var options = new RerankOptions(longPassages, order, 0, earlyStop);
        var evaluation = new Evaluation(engine.retriever(), candidateCount, budget, options);
        Report report = withBar(judged, done -> evaluation.run(judged, done));
        if (json) {
            spec.commandLine().getOut().println(new ObjectMapper().writeValueAsString(report));
        } else {
            print(report);
        }
    }

    private void tune(Models loaded, SearchEngine engine, List<Judged> judged)
            throws JsonProcessingException {
        var tuning =
                new TuneBlend(
                        models.dir().resolve(models.crossEncoder()),
                        loaded.crossEncoder().card(),
                        engine.biEncoder());
        var read = new TuneBlend.Read(candidateCount, longPassages);
        BlendTuning.Report report =
                withBar(judged, done -> tuning.run(engine.retriever(), judged, read, done));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(report));
        } else {
            tuning.print(out, report);
        }
        if (write) {
            Path card = tuning.write(report);
            spec.commandLine()
                    .getErr()
                    .printf("Written to %s. Servers take it up when they start.%n", card);
        }
    }

    private static <T> T withBar(List<Judged> judged, Function<IntConsumer, T> work) {
        try (var bar =
                new ProgressBarBuilder()
                        .setTaskName("Evaluating")
                        .setInitialMax(judged.size())
                        .setUnit(" queries", 1)
                        .showSpeed()
                        .setStyle(ProgressBarStyle.ASCII)
                        .setConsumer(new ConsoleProgressBarConsumer(System.err))
                        .build()) {
            return work.apply(bar::stepTo);
        }
    }

    private List<Judged> sampled(List<Judged> judged) {
        if (sample == null || sample >= judged.size()) {
            return judged;
        }
        if (sample < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--sample: got " + sample + ", expected 1 or more");
        }
        return Judgements.sample(judged, sample);
    }

    private void print(Report report) {
        PrintWriter out = spec.commandLine().getOut();
        int depth = report.candidateCount();
        out.printf("%,d queries, %d candidates each%n%n", report.queries(), depth);
        out.printf("            %8s %8s %11s%n", "nDCG@10", "MRR@10", "Recall@" + depth);
        var stage1 = report.stage1();
        out.printf(
                "stage 1     %8.4f %8.4f %11.4f%n",
                stage1.ndcg10(), stage1.mrr10(), stage1.recall());
        var twoStage = report.twoStage();
        out.printf("both stages %8.4f %8.4f%n%n", twoStage.ndcg10(), twoStage.mrr10());
        out.printf("scored      mean %.1f candidates%n", twoStage.scored());
        var latency = report.latencyMs();
        out.printf(
                "latency     mean %.1f ms, p50 %.1f, p95 %.1f, p99 %.1f%n",
                latency.mean(), latency.p50(), latency.p95(), latency.p99());
    }
}
