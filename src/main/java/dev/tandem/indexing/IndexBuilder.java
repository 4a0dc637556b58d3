package dev.tandem.indexing;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.index.Generation;
import dev.tandem.index.GenerationWriter;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.IndexManifest.EncoderRef;
import dev.tandem.index.IndexManifest.GraphParameters;
import dev.tandem.index.IndexManifest.Source;
import dev.tandem.index.IndexManifest.TokenizerRef;
import dev.tandem.index.IndexManifest.VectorStorage;
import dev.tandem.index.PassageWriter;
import dev.tandem.model.IndexException;
import dev.tandem.model.LongPassages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Builds a generation from a corpus and publishes it. */
public final class IndexBuilder {

    /** JVector's usual values; the recall that they give is in docs/benchmarks.md. */
    private static final GraphParameters GRAPH = new GraphParameters(32, 100, 1.2f, 1.2f);

    private static final int PROGRESS_MILLIS = 1_000;

    private final BiEncoder biEncoder;
    private final PairTokenizer pairTokenizer;
    private final ProgressBarConsumer progress;
    private final Consumer<String> tell;

    /**
     * @param progress where the progress bar goes
     * @param tell where lines about the input go
     */
    public IndexBuilder(
            BiEncoder biEncoder,
            PairTokenizer pairTokenizer,
            ProgressBarConsumer progress,
            Consumer<String> tell) {
        this.biEncoder = biEncoder;
        this.pairTokenizer = pairTokenizer;
        this.progress = progress;
        this.tell = tell;
    }

    /**
     * Builds and publishes, then removes old generations; the one served until then stays whole
     * whatever happens. A build that is stopped can be resumed.
     *
     * @throws IndexException if the input has no passage, or a bad one and {@code onError} is STOP,
     *     or if a build is to be resumed whose input or models have changed
     */
    public Generation build(Path input, Path index, BuildOptions options) {
        Corpus corpus = Corpus.open(input);
        try (var writer = writer(new IndexFolder(index), options.resume())) {
            Generation built = fillOrKeep(writer, corpus, options);
            prune(writer, options.keep());
            return built;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the index at " + index, e);
        }
    }

    private GenerationWriter writer(IndexFolder index, boolean resume) throws IOException {
        Clock clock = Clock.systemUTC();
        if (!resume) {
            return GenerationWriter.open(index, clock);
        }
        GenerationWriter writer = GenerationWriter.resume(index, clock);
        if (!Files.exists(IndexLayout.work(writer.folder()))) {
            tell.accept("There is no build to resume: this one begins anew.");
        }
        return writer;
    }

    /**
     * The served generation, built first if there is none, if it is damaged, or if it came from
     * another input or other models.
     */
    public Generation buildIfStale(Path input, Path index) {
        var folder = new IndexFolder(index);
        if (folder.exists()) {
            try {
                Generation current = folder.current();
                if (isFresh(current.manifest(), Corpus.open(input))) {
                    return current;
                }
            } catch (IndexException e) {
                tell.accept(e.getMessage() + " Building it now.");
            }
        }
        return build(input, index, BuildOptions.of(OnError.STOP));
    }

    private boolean isFresh(IndexManifest manifest, Corpus corpus) {
        try {
            return manifest.source().crc32c().equals(corpus.crc32c())
                    && manifest.biEncoder().fingerprint().equals(biEncoder.fingerprint())
                    && manifest.crossEncoder()
                            .tokenizer()
                            .equals(pairTokenizer.tokenizer().fingerprint());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + corpus.name(), e);
        }
    }

    /** What failed may work the next time, as on a full disk; bad input has to change. */
    private Generation fillOrKeep(GenerationWriter writer, Corpus corpus, BuildOptions options)
            throws IOException {
        try {
            return fill(writer, corpus, options);
        } catch (IndexException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            writer.keepForResume();
            throw e;
        }
    }

    private Generation fill(GenerationWriter writer, Corpus corpus, BuildOptions options)
            throws IOException {
        Source source = new Source(corpus.name(), corpus.crc32c());
        checkIdentity(writer, source, options);
        var problems = new InputProblems(options.onError(), tell);
        try (var bar = bar(corpus.estimate())) {
            int count = encode(writer.folder(), corpus, problems, bar);
            if (problems.total() > 0) {
                tell.accept("left out in all: " + problems.summary());
            }
            VectorStorage vectors = writeGraph(writer.folder(), options, bar);
            var contents = new Contents(count, source, vectors, options.longPassages());
            return writer.publish(draft -> manifest(draft, contents));
        }
    }

    /** A build that cannot be resumed so stays for who asks for it as it was begun. */
    private void checkIdentity(GenerationWriter writer, Source source, BuildOptions options)
            throws IOException {
        try {
            identity(source, options).checkIn(IndexLayout.work(writer.folder()));
        } catch (IndexException e) {
            writer.keepForResume();
            throw e;
        }
    }

    private BuildIdentity identity(Source source, BuildOptions options) {
        return new BuildIdentity(
                source.crc32c(),
                biEncoder.fingerprint(),
                pairTokenizer.tokenizer().fingerprint(),
                options.vectors(),
                GRAPH);
    }

    /** The build is published: what goes wrong from here on is told, and no error. */
    private void prune(GenerationWriter writer, int keep) {
        try {
            writer.prune(keep).lines().forEach(tell);
        } catch (IOException | IndexException e) {
            tell.accept("warning: old generations stay: " + e);
        }
    }

    /** Writes passages and vectors. @return how many */
    private int encode(Path folder, Corpus corpus, InputProblems problems, ProgressBar bar)
            throws IOException {
        Path file = vectorFile(folder);
        try (var store = new PassageWriter(IndexLayout.passages(folder));
                var vectors = new VectorFile.Writer(file, biEncoder.dimension(), store.count());
                var encoding =
                        new PassageEncoding(
                                biEncoder, pairTokenizer.tokenizer(), store, vectors, bar)) {
            if (store.count() > 0) {
                tell.accept("Resuming: %,d passages are encoded already.".formatted(store.count()));
            }
            corpus.forEach(encoding, problems);
            encoding.finish();
            if (store.count() == 0) {
                throw new IndexException(
                        "%s has no passage to index. %s"
                                .formatted(corpus.name(), problems.summary()));
            }
            store.finish();
            return store.count();
        }
    }

    private VectorStorage writeGraph(Path folder, BuildOptions options, ProgressBar bar)
            throws IOException {
        try (var vectors = VectorFile.open(vectorFile(folder), biEncoder.dimension())) {
            bar.setExtraMessage(" graph").maxHint(vectors.size()).stepTo(0);
            return GraphStage.write(vectors, GRAPH, options.vectors(), folder, bar::stepTo);
        }
    }

    private static Path vectorFile(Path folder) {
        return IndexLayout.work(folder).resolve("vectors.f32");
    }

    private ProgressBar bar(long estimate) {
        return new ProgressBarBuilder()
                .setTaskName("Indexing")
                .setInitialMax(estimate)
                .setUnit(" passages", 1)
                .showSpeed()
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(PROGRESS_MILLIS)
                .setConsumer(progress)
                .build();
    }

    /** What a build made. */
    private record Contents(
            int passages,
            Source source,
            VectorStorage vectors,
            @Nullable LongPassages longPassages) {}

    private IndexManifest manifest(GenerationWriter.Draft draft, Contents contents) {
        return new IndexManifest(
                IndexManifest.FORMAT,
                IndexManifest.VERSION,
                draft.generation(),
                draft.created(),
                "tandem",
                contents.passages(),
                biEncoder.dimension(),
                "cosine",
                new EncoderRef(biEncoder.name(), biEncoder.fingerprint()),
                new TokenizerRef(
                        pairTokenizer.model(),
                        pairTokenizer.tokenizer().fingerprint(),
                        Optional.ofNullable(contents.longPassages())
                                .map(LongPassages::toString)
                                .orElse(TokenizerRef.DEFAULT)),
                GRAPH,
                contents.vectors(),
                contents.source(),
                draft.files());
    }
}
