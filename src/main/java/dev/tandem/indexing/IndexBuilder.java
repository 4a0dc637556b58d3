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
import dev.tandem.index.PassageWriter;
import dev.tandem.model.IndexException;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Builds a generation from a corpus and publishes it. */
public final class IndexBuilder {

    /** JVector's usual values; the recall that they give is in docs/benchmarks.md. */
    private static final GraphParameters GRAPH = new GraphParameters(32, 100, 1.2f, 1.2f);

    /** Generations that stay unless the caller says how many: the new one and one to go back to. */
    public static final int DEFAULT_KEEP = 2;

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

    /** As {@link #build(Path, Path, OnError, int)} with {@link #DEFAULT_KEEP}. */
    public Generation build(Path input, Path index, OnError onError) {
        return build(input, index, onError, DEFAULT_KEEP);
    }

    /**
     * Builds and publishes, then removes old generations; the one served until then stays whole
     * whatever happens.
     *
     * @param keep how many of the newest generations stay, at least 1
     * @throws IndexException if the input has no passage, or a bad one and {@code onError} is STOP
     */
    public Generation build(Path input, Path index, OnError onError, int keep) {
        Corpus corpus = Corpus.open(input);
        try (var writer = GenerationWriter.open(new IndexFolder(index), Clock.systemUTC())) {
            Generation built = fill(writer, corpus, new InputProblems(onError, tell));
            prune(writer, keep);
            return built;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the index at " + index, e);
        }
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
        return build(input, index, OnError.STOP);
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

    private Generation fill(GenerationWriter writer, Corpus corpus, InputProblems problems)
            throws IOException {
        int count = writeFiles(writer.folder(), corpus, problems);
        if (problems.total() > 0) {
            tell.accept("left out in all: " + problems.summary());
        }
        Source source = new Source(corpus.name(), corpus.crc32c());
        return writer.publish(draft -> manifest(draft, count, source));
    }

    /** The build is published: what goes wrong from here on is told, and no error. */
    private void prune(GenerationWriter writer, int keep) {
        try {
            writer.prune(keep).lines().forEach(tell);
        } catch (IOException | IndexException e) {
            tell.accept("warning: old generations stay: " + e);
        }
    }

    /** Writes passages and graph. @return how many passages */
    private int writeFiles(Path folder, Corpus corpus, InputProblems problems) throws IOException {
        try (var store = new PassageWriter(IndexLayout.passages(folder));
                var bar = bar(corpus.estimate());
                var encoding =
                        new PassageEncoding(biEncoder, pairTokenizer.tokenizer(), store, bar)) {
            corpus.forEach(encoding, problems);
            List<VectorFloat<?>> vectors = encoding.finish();
            if (vectors.isEmpty()) {
                throw new IndexException(
                        "%s has no passage to index. %s"
                                .formatted(corpus.name(), problems.summary()));
            }
            store.finish();
            bar.setExtraMessage(" graph");
            GraphFile.write(vectors, GRAPH, IndexLayout.graph(folder));
            return vectors.size();
        }
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

    private IndexManifest manifest(GenerationWriter.Draft draft, int count, Source source) {
        return new IndexManifest(
                IndexManifest.FORMAT,
                IndexManifest.VERSION,
                draft.generation(),
                draft.created(),
                "tandem",
                count,
                biEncoder.dimension(),
                "cosine",
                new EncoderRef(biEncoder.name(), biEncoder.fingerprint()),
                new TokenizerRef(pairTokenizer.model(), pairTokenizer.tokenizer().fingerprint()),
                GRAPH,
                source,
                draft.files());
    }
}
