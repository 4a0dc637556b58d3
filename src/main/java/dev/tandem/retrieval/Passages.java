package dev.tandem.retrieval;

import dev.tandem.index.Generation;
import dev.tandem.index.PassageStore;
import dev.tandem.model.Filter;
import dev.tandem.model.Passage;
import dev.tandem.onnx.TextTokenizer;
import java.util.BitSet;
import org.jboss.logging.Logger;

/**
 * The passages of one generation. Their token ids come from the store if the cross-encoder's
 * tokenizer made them, else they are made from the text, which is slower and as right.
 */
final class Passages implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Passages.class);

    private final Generation generation;
    private final PassageStore store;
    private final TextTokenizer tokenizer;
    private final boolean storedTokens;

    private Passages(Generation generation, PassageStore store, TextTokenizer tokenizer) {
        this.generation = generation;
        this.store = store;
        this.tokenizer = tokenizer;
        var stored = generation.manifest().crossEncoder();
        storedTokens = stored.tokenizer().equals(tokenizer.fingerprint());
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
        store.close();
    }
}
