package dev.tandem.retrieval;

import dev.tandem.index.Generation;
import dev.tandem.index.PassageStore;
import dev.tandem.model.Candidate;
import dev.tandem.model.Deadline;
import dev.tandem.model.Filter;
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

    /** Reads that wait for a thread: storage that hangs is not to fill the memory. */
    private static final int MOST_WAITING = 8_192;

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
                        new LinkedBlockingQueue<>(MOST_WAITING),
                        Thread.ofPlatform().daemon().name("tandem-tokens-", 0).factory(),
                        // Who has so many waiting waits with them.
                        new ThreadPoolExecutor.CallerRunsPolicy());
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
     * Begins to read the token ids of a call's candidates.
     *
     * @param sideBySide on storage that takes its time for each
     * @param deadline until which they are waited for
     * @return to be closed when the call has ended
     */
    TokenLists tokens(
            List<Candidate> candidates,
            boolean sideBySide,
            Deadline deadline,
            StorageHealth health) {
        var lists = new TokenLists(candidates, this::tokenIds, deadline, health);
        return sideBySide ? lists.sideBySide(reads) : lists.inOrder(reads);
    }

    Passage passage(int ordinal) {
        return store.passage(ordinal);
    }

    /** Refuses a filter that does not fit the metadata; reads nothing. */
    void check(Filter filter) {
        store.check(filter);
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
