package dev.tandem.onnx;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tandem.model.ModelException;
import dev.tandem.model.Span;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face tokenizer. Truncation and padding that {@code tokenizer.json} may ask for are
 * switched off: lengths are this code's business. Thread-safe.
 */
public final class TextTokenizer implements AutoCloseable {

    private static final Map<String, String> AS_IS =
            Map.of("truncation", "false", "padding", "false");

    /** What a passage keeps at least of a sequence, about 50 words; less in a short sequence. */
    private static final int PASSAGE_TOKENS = 64;

    private final HuggingFaceTokenizer tokenizer;
    private final InputTemplate single;
    private final InputTemplate pair;
    private final int maxSequenceLength;
    private final Path path;
    private final ModelCard.@Nullable Tokenizer stated;
    private volatile @Nullable TokenizerFile read;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, ModelFolder folder) {
        this.tokenizer = tokenizer;
        maxSequenceLength = folder.card().maxSequenceLength();
        path = folder.tokenizer();
        stated = folder.statedTokenizer();
        if (stated == null) {
            readVocabulary();
        }
        int probe = ids("a").length;
        single = new InputTemplate(tokenizer.encode("a", true, false), probe, 0);
        pair = new InputTemplate(tokenizer.encode("a", "a", true, false), probe, probe);
    }

    /**
     * @throws ModelException if the file is not a tokenizer
     */
    public static TextTokenizer open(ModelFolder folder) {
        return folder.times().timed("tokenizer", () -> load(folder));
    }

    private static TextTokenizer load(ModelFolder folder) {
        Path file = folder.tokenizer();
        TokenizerLibrary.prepare();
        try (InputStream in = Files.newInputStream(file)) {
            return new TextTokenizer(HuggingFaceTokenizer.newInstance(in, AS_IS), folder);
        } catch (IOException | RuntimeException e) {
            throw new ModelException(
                    "%s is not a tokenizer in Hugging Face's JSON format: %s. Take the tokenizer.json that was published with the model."
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** Token ids of the text alone, no special tokens, whatever its length. */
    public long[] ids(String text) {
        return tokenizer.encode(text, false, false).getIds();
    }

    /** Like {@link #ids(String)}, as the passage store keeps them. */
    public int[] storableIds(String text) {
        long[] ids = ids(text);
        int[] storable = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            storable[i] = Math.toIntExact(ids[i]);
        }
        return storable;
    }

    /** A text of these tokens, without special ones. */
    public String text(long[] ids) {
        return tokenizer.decode(ids, true);
    }

    /** One text with its special tokens, cut at the end to the model's length. */
    public ModelInput single(String text) {
        return single(ids(text));
    }

    /** Like {@link #single(String)}, of a text that is token ids already. */
    public ModelInput single(long[] ids) {
        int length = Math.min(ids.length, maxSequenceLength - single.overhead());
        return single.assemble(ids, length, new int[0], 0, 0);
    }

    /** A query and the beginning of a passage, as much of it as fits. */
    public ModelInput pair(long[] query, int[] passage) {
        int room = Math.max(0, passageRoom(query.length));
        return pair(query, passage, new Span(0, Math.min(passage.length, room)));
    }

    /**
     * A query and a part of a passage with their special tokens.
     *
     * @param query at most {@link #maxQueryTokens()} token ids
     * @param span at most {@link #passageRoom} tokens of the passage
     */
    public ModelInput pair(long[] query, int[] passage, Span span) {
        if (span.length() > passageRoom(query.length)) {
            throw new IllegalArgumentException(
                    "a query of %d tokens and %d tokens of the passage, the model reads %d in all"
                            .formatted(query.length, span.length(), maxSequenceLength));
        }
        return pair.assemble(query, query.length, passage, span.from(), span.length());
    }

    /** Tokens of a passage that are read together with a query of so many tokens; may be < 0. */
    public int passageRoom(int queryTokens) {
        return maxSequenceLength - pair.overhead() - queryTokens;
    }

    /** Longest query in tokens: what is left when a passage keeps a place worth scoring. */
    public int maxQueryTokens() {
        int room = passageRoom(0);
        return room - Math.min(PASSAGE_TOKENS, room / 2);
    }

    /** The largest id that the tokenizer can give; a model must have a row for it. */
    public int largestId() {
        return stated == null ? file().largestId() : stated.largestId();
    }

    /** Whether a token has a letter or a digit; punctuation has none. */
    public boolean isWord(int id) {
        return file().words().get(id);
    }

    /**
     * Identifies how text becomes token ids: SHA-256 over the parts of tokenizer.json that decide
     * it. Truncation, padding and special-token templates do not count.
     */
    public String fingerprint() {
        return stated == null ? file().fingerprint() : stated.fingerprint();
    }

    /**
     * Reads now what would else be read when it is first asked for, in a part of that call's time.
     *
     * @throws ModelException if the file cannot be read
     */
    public void readVocabulary() {
        var _ = file();
    }

    private TokenizerFile file() {
        TokenizerFile content = read;
        if (content == null) {
            try {
                content = TokenizerFile.read(path);
            } catch (IOException e) {
                throw new ModelException("Cannot read " + path + ": " + e.getMessage(), e);
            }
            read = content;
        }
        return content;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
