package dev.tandem.candidates;

import ai.onnxruntime.OrtException;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.LoadTimes;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelCard.Pooling;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.OnnxModel;
import dev.tandem.onnx.TextTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Turns queries and passages into vectors of one space. A text longer than the model's sequence is
 * cut at its end. Thread-safe.
 */
public final class BiEncoder implements QueryEncoder, AutoCloseable {

    private final ModelCard card;
    private final TextTokenizer tokenizer;
    private final OnnxModel model;
    private final String output;
    private final boolean pooled;
    private final int dimension;
    private final ModelFolder folder;

    private BiEncoder(ModelFolder folder, TextTokenizer tokenizer, OnnxModel model) {
        card = folder.card();
        this.folder = folder;
        this.tokenizer = tokenizer;
        this.model = model;
        List<String> sentences = model.floatOutputs(2);
        pooled = !sentences.isEmpty();
        output = pooled ? sentences.getFirst() : tokenOutput(model);
        // The warm-up run, over the largest token id: a tokenizer of another model has ids without
        // a row. It also shows what the graph leaves open, the dimension.
        ModelInput largest = tokenizer.single(new long[] {tokenizer.largestId()});
        float[] first = folder.times().timed("first run", () -> run(largest));
        dimension = pooled ? first.length : width(first, largest.length());
        if (dimension < 2) {
            throw new ModelException(
                    "%s has the outputs %s, one number a text; a bi-encoder gives a vector. Is it a cross-encoder?"
                            .formatted(model.file(), model.describeOutputs()));
        }
    }

    /**
     * Loads the model and runs it once.
     *
     * @throws ModelException if the folder does not hold a bi-encoder that runs
     */
    public static BiEncoder open(ModelFolder folder) {
        OnnxModel model = OnnxModel.open(folder);
        try {
            return new BiEncoder(folder, TextTokenizer.open(folder), model);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    @Override
    public float[] encodeQuery(String text) {
        return encode(card.queryPrefix() + text);
    }

    /** Vector of a passage, float[{@link #dimension()}]. */
    public float[] encodePassage(String text) {
        return encode(card.passagePrefix() + text);
    }

    /** Tokens of a text, special ones included, the prefix that the model wants left out. */
    public int tokens(String text) {
        return tokenizer.single(text).length();
    }

    @Override
    public int dimension() {
        return dimension;
    }

    public String name() {
        return card.name();
    }

    /** See {@link ModelFolder#fingerprint()}. */
    public String fingerprint() {
        return folder.fingerprint();
    }

    /** What loading took. */
    public LoadTimes loadTimes() {
        return folder.times();
    }

    /** See {@link ModelFolder#verify()}. */
    public void verify() {
        folder.verify();
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }

    private float[] encode(String text) {
        float[] values = run(tokenizer.single(text));
        float[] vector = pooled ? values : pool(values);
        normalize(vector);
        return vector;
    }

    private float[] run(ModelInput input) {
        try {
            return model.run(input, output);
        } catch (OrtException e) {
            throw new ModelException(
                    "%s cannot run on %d tokens of its tokenizer (largest id %d): %s. The tokenizer.json must be the one published with the model."
                            .formatted(
                                    model.file(),
                                    input.length(),
                                    tokenizer.largestId(),
                                    e.getMessage()),
                    e);
        }
    }

    /** Row-major [tokens, dimension] to [dimension]. */
    private float[] pool(float[] tokens) {
        if (card.pooling() != Pooling.MEAN) {
            return Arrays.copyOf(tokens, dimension);
        }
        float[] mean = new float[dimension];
        for (int i = 0; i < tokens.length; i++) {
            mean[i % dimension] += tokens[i];
        }
        float rows = (float) tokens.length / dimension;
        for (int i = 0; i < dimension; i++) {
            mean[i] /= rows;
        }
        return mean;
    }

    /** To L2 norm 1, whatever the model: the index compares by cosine. */
    private static void normalize(float[] vector) {
        double sum = 0;
        for (float x : vector) {
            sum += (double) x * x;
        }
        float scale = sum == 0 ? 0 : (float) (1 / Math.sqrt(sum));
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= scale;
        }
    }

    private static String tokenOutput(OnnxModel model) {
        return model.floatOutputs(3).stream()
                .findFirst()
                .orElseThrow(
                        () ->
                                new ModelException(
                                        "%s has the outputs %s; a bi-encoder needs a FLOAT output [batch, sequence, dimension] or [batch, dimension]. Is it another kind of model?"
                                                .formatted(model.file(), model.describeOutputs())));
    }

    private int width(float[] values, int tokens) {
        long stated = model.outputWidth(output);
        return stated > 0 ? Math.toIntExact(stated) : values.length / tokens;
    }
}
