package dev.tandem.indexing;

import dev.tandem.index.Generation;
import dev.tandem.model.LongPassages;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.retrieval.Models;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem index build}. */
@Command(
        name = "build",
        description = "Build a generation from a corpus and make it the served one.",
        mixinStandardHelpOptions = true)
final class BuildCommand implements Callable<Integer> {

    private final ModelsConfig models;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "PATH",
            description =
                    "A file of JSON lines with _id, title and text (any other field is metadata),"
                            + " or a folder of .txt and .md files.")
    private Path input = Path.of("");

    @Option(
            names = "--index",
            required = true,
            paramLabel = "DIR",
            description = "Folder of the index; made if it is missing.")
    private Path index = Path.of("");

    @Option(
            names = "--on-error",
            defaultValue = "SKIP",
            paramLabel = "skip|stop",
            description =
                    "What to do about broken lines, empty texts and duplicate ids: leave them out"
                            + " and count them, or stop (default: skip).")
    private OnError onError = OnError.SKIP;

    @Option(
            names = "--vectors",
            defaultValue = "FLOAT32",
            paramLabel = "float32|nvq",
            description =
                    "How the graph holds vectors: exact, or in a byte a dimension, which is smaller"
                            + " and right to three digits (default: float32).")
    private VectorEncoding vectors = VectorEncoding.FLOAT32;

    @Option(
            names = "--long-passages",
            paramLabel = "head|chunkMax|bestPassage",
            description =
                    "What the cross-encoder reads of passages longer than it reads at once, if a"
                            + " query does not say: their beginning, some chunks of which the best"
                            + " counts, or the one chunk that shares most with the query (default:"
                            + " as the server is configured).")
    private @Nullable LongPassages longPassages;

    @Option(
            names = "--resume",
            description = "Go on with a build that was stopped, from its last checkpoint.")
    private boolean resume;

    @Mixin private KeptGenerations kept = new KeptGenerations();

    @Spec private CommandSpec spec;

    BuildCommand(ModelsConfig models) {
        this.models = models;
    }

    @Override
    public Integer call() {
        var options = new BuildOptions(onError, kept.count(), vectors, longPassages, resume);
        long started = System.nanoTime();
        PrintWriter err = spec.commandLine().getErr();
        try (Models loaded = Models.open(models)) {
            var pairTokenizer =
                    new PairTokenizer(loaded.crossEncoderName(), loaded.pairTokenizer());
            Generation built =
                    new IndexBuilder(
                                    loaded.biEncoder(),
                                    pairTokenizer,
                                    new ConsoleProgressBarConsumer(System.err),
                                    err::println)
                            .build(input, index, options);
            report(built, Duration.ofNanos(System.nanoTime() - started));
        }
        return 0;
    }

    private void report(Generation built, Duration took) {
        int passages = built.manifest().passages();
        spec.commandLine()
                .getOut()
                .printf(
                        "Generation %s: %,d passages, %,d bytes, built in %.1f s (%.1f passages/s)%n",
                        built.id(),
                        passages,
                        built.bytes(),
                        took.toMillis() / 1e3,
                        passages * 1e3 / Math.max(1, took.toMillis()));
    }
}
