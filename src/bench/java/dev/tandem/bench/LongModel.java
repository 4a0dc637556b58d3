package dev.tandem.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.tandem.onnx.ModelFolder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A copy of a model whose card says another length, with a tokenizer file for peers beside it: one
 * that says nothing of truncation and padding, for who obeys the model's own file would cut all
 * pairs to 128 tokens.
 */
final class LongModel implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CARD = "model.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String PLAIN_TOKENIZER = "plain-tokenizer.json";

    private final Path folder;
    private final ModelFolder model;

    private LongModel(Path folder, ModelFolder model) {
        this.folder = folder;
        this.model = model;
    }

    static LongModel copy(Path original, int maxSequenceLength) throws IOException {
        Path folder = Files.createTempDirectory("throughput");
        try (var files = Files.newDirectoryStream(original)) {
            for (Path file : files) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        ObjectNode card = read(folder.resolve(CARD));
        JSON.writeValue(
                folder.resolve(CARD).toFile(), card.put("maxSequenceLength", maxSequenceLength));
        ObjectNode tokenizer = read(folder.resolve(TOKENIZER));
        JSON.writeValue(
                folder.resolve(PLAIN_TOKENIZER).toFile(),
                tokenizer.putNull("truncation").putNull("padding"));
        return new LongModel(
                folder, ModelFolder.open(folder.getParent(), folder.getFileName().toString()));
    }

    ModelFolder folder() {
        return model;
    }

    Path graph() {
        return model.graph();
    }

    Path plainTokenizer() {
        return folder.resolve(PLAIN_TOKENIZER);
    }

    int maxSequenceLength() {
        return model.card().maxSequenceLength();
    }

    @Override
    public void close() {
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode read(Path file) throws IOException {
        return (ObjectNode) JSON.readTree(file.toFile());
    }
}
