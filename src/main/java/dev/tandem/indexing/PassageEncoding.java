package dev.tandem.indexing;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.index.PassageWriter;
import dev.tandem.model.Passage;
import dev.tandem.onnx.TextTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;

/**
 * Encodes passages on all cores and writes them to the store in the order they came, a bounded
 * number of them ahead.
 */
final class PassageEncoding implements Consumer<Passage>, AutoCloseable {

    private final BiEncoder biEncoder;
    private final TextTokenizer pairTokenizer;
    private final PassageWriter store;
    private final ProgressBar bar;
    private final int ahead;
    private final ExecutorService cores;
    private final Queue<CompletableFuture<Encoded>> pending = new ArrayDeque<>();
    private final VectorFile.Writer vectors;

    /** Passages that an earlier build has written already. */
    private int toSkip;

    private final Checkpoint checkpoint = Checkpoint.usual();

    /** A class, for a record should not hold arrays. */
    private static final class Encoded {
        final Passage passage;
        final float[] vector;
        final int[] tokens;

        Encoded(Passage passage, float[] vector, int[] tokens) {
            this.passage = passage;
            this.vector = vector;
            this.tokens = tokens;
        }
    }

    /**
     * @param store with the passages that an earlier build wrote; they are skipped
     * @param vectors with theirs
     */
    PassageEncoding(
            BiEncoder biEncoder,
            TextTokenizer pairTokenizer,
            PassageWriter store,
            VectorFile.Writer vectors,
            ProgressBar bar) {
        this.biEncoder = biEncoder;
        this.pairTokenizer = pairTokenizer;
        this.store = store;
        this.vectors = vectors;
        this.bar = bar;
        toSkip = store.count();
        int threads = Runtime.getRuntime().availableProcessors();
        ahead = 4 * threads;
        cores = Executors.newFixedThreadPool(threads);
    }

    @Override
    public void accept(Passage passage) {
        if (toSkip > 0) {
            toSkip--;
            bar.step();
            return;
        }
        pending.add(CompletableFuture.supplyAsync(() -> encode(passage), cores));
        if (pending.size() > ahead) {
            writeNext();
        }
    }

    /** Writes what is still pending, and puts all on the disk. */
    void finish() throws IOException {
        while (!pending.isEmpty()) {
            writeNext();
        }
        save();
    }

    @Override
    public void close() {
        cores.shutdownNow();
        cores.close();
    }

    private Encoded encode(Passage passage) {
        String text = passage.fullText();
        return new Encoded(passage, biEncoder.encodePassage(text), pairTokenizer.storableIds(text));
    }

    private void writeNext() {
        try {
            Encoded next = pending.remove().join();
            store.add(next.passage, next.tokens);
            vectors.add(next.vector);
            bar.step();
            if (checkpoint.isDue()) {
                save();
            }
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write passages and vectors", e);
        }
    }

    /** Vectors first: a passage that is on the disk has its vector there. */
    private void save() throws IOException {
        vectors.force();
        store.commit();
        checkpoint.reached();
    }
}
