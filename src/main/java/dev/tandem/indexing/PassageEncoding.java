package dev.tandem.indexing;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.index.PassageWriter;
import dev.tandem.model.Passage;
import dev.tandem.onnx.TextTokenizer;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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

    private static final VectorTypeSupport VECTORS =
            VectorizationProvider.getInstance().getVectorTypeSupport();

    private final BiEncoder biEncoder;
    private final TextTokenizer pairTokenizer;
    private final PassageWriter store;
    private final ProgressBar bar;
    private final int ahead;
    private final ExecutorService cores;
    private final Queue<CompletableFuture<Encoded>> pending = new ArrayDeque<>();
    private final List<VectorFloat<?>> vectors = new ArrayList<>();

    private record Encoded(Passage passage, VectorFloat<?> vector, TokenIds tokens) {}

    /** Holds an array, which a record component should not be. */
    private static final class TokenIds {
        final int[] ids;

        TokenIds(int[] ids) {
            this.ids = ids;
        }
    }

    PassageEncoding(
            BiEncoder biEncoder,
            TextTokenizer pairTokenizer,
            PassageWriter store,
            ProgressBar bar) {
        this.biEncoder = biEncoder;
        this.pairTokenizer = pairTokenizer;
        this.store = store;
        this.bar = bar;
        int threads = Runtime.getRuntime().availableProcessors();
        ahead = 4 * threads;
        cores = Executors.newFixedThreadPool(threads);
    }

    @Override
    public void accept(Passage passage) {
        pending.add(CompletableFuture.supplyAsync(() -> encode(passage), cores));
        if (pending.size() > ahead) {
            writeNext();
        }
    }

    /** Writes what is still pending. @return the vectors in the order of their ordinals */
    List<VectorFloat<?>> finish() {
        while (!pending.isEmpty()) {
            writeNext();
        }
        return vectors;
    }

    @Override
    public void close() {
        cores.shutdownNow();
        cores.close();
    }

    private Encoded encode(Passage passage) {
        String text = passage.fullText();
        VectorFloat<?> vector = VECTORS.createFloatVector(biEncoder.encodePassage(text));
        return new Encoded(passage, vector, new TokenIds(pairTokenizer.storableIds(text)));
    }

    private void writeNext() {
        try {
            Encoded next = pending.remove().join();
            store.add(next.passage(), next.tokens().ids);
            vectors.add(next.vector());
            bar.step();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the passage store", e);
        }
    }
}
