package dev.tandem.retrieval;

import dev.tandem.index.Generation;
import dev.tandem.index.PassageStore;
import dev.tandem.model.Candidate;
import dev.tandem.model.Filter;
import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import dev.tandem.onnx.TextTokenizer;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The passages of one generation. Their token ids come from the store if the cross-encoder's
 * tokenizer made them, else they are made from the text, which is slower and as right.
 */
final class Passages implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Passages.class);

    /** As many as storage like EFS answers as fast as one. */
    private static final int READS = 16;

    private static final int IDLE_SECONDS = 10;

    private final Generation generation;
    private final PassageStore store;
    private final TextTokenizer tokenizer;
    private final boolean storedTokens;
    private final ThreadPoolExecutor reads;

    private Passages(Generation generation, PassageStore store, TextTokenizer tokenizer) {
        this.generation = generation;
        this.store = store;
        this.tokenizer = tokenizer;
        var stored = generation.manifest().crossEncoder();
        storedTokens = stored.tokenizer().equals(tokenizer.fingerprint());
        reads =
                new ThreadPoolExecutor(
                        READS,
                        READS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("tandem-tokens-", 0).factory());
        reads.allowCoreThreadTimeOut(true);
        if (!storedTokens) {
            LOG.warnf(
                    "Generation %s stores token ids of %s; the cross-encoder in use has another"
                            + " tokenizer, so passages are tokenized again for every query. Build the"
                            + " index again to save that time.",
                    generation.id(), stored.name());
        }
    }

    static Passages open(Generation generation, TextTokenizer tokenizer) {
        return new Passages(generation, PassageStore.open(generation), tokenizer);
    }

    int[] tokenIds(int ordinal) {
        return storedTokens
                ? store.tokenIds(ordinal)
                : tokenizer.storableIds(store.passage(ordinal).fullText());
    }

    /**
     * Has token ids read side by side, and forgotten: the cross-encoder, which asks for one list
     * after the other, then finds them in the page cache. Returns at once.
     */
    void readAhead(List<Candidate> candidates) {
        for (Candidate candidate : candidates) {
            reads.execute(() -> touch(candidate.ordinal()));
        }
    }

    private void touch(int ordinal) {
        try {
            tokenIds(ordinal);
        } catch (IndexException e) {
            // Told to whoever needs these.
            LOG.debugf("Passage %d was not read ahead: %s", ordinal, e.getMessage());
        }
    }

    Passage passage(int ordinal) {
        return store.passage(ordinal);
    }

    /** Ordinals of the passages that a filter lets through. */
    BitSet matching(Filter filter) {
        return store.matching(filter);
    }

    String generation() {
        return generation.id();
    }

    @Override
    public void close() {
        reads.shutdownNow();
        store.close();
    }
}
