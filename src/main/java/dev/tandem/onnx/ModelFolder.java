package dev.tandem.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * A folder that holds one model: an ONNX graph, {@code tokenizer.json} and a card. The card's
 * checksums are compared at load, so that a truncated or exchanged file is refused by name.
 */
public final class ModelFolder {

    private static final String CARD = "model.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final ModelCard card;
    private final String fingerprint;
    private final LoadTimes times;

    private ModelFolder(Path folder, ModelCard card, String fingerprint, LoadTimes times) {
        this.times = times;
        this.folder = folder;
        this.card = card;
        this.fingerprint = fingerprint;
    }

    /**
     * @param models the folder of model folders
     * @param name the model's folder in it
     * @throws ModelException if a file is missing, or is not the one that the card describes
     */
    public static ModelFolder open(Path models, String name) {
        Path folder = models.resolve(name);
        if (!Files.isDirectory(folder)) {
            throw new ModelException(
                    "No model folder %s; %s holds %s. Set tandem.models.dir to the folder that holds it, or name another model."
                            .formatted(folder, models.toAbsolutePath(), foldersIn(models)));
        }
        ModelCard card = readCard(folder);
        var times = new LoadTimes();
        String fingerprint = times.timed("checksums", () -> fingerprint(folder, card));
        return new ModelFolder(folder, card, fingerprint, times);
    }

    private static String fingerprint(Path folder, ModelCard card) {
        return Sha256.of(
                String.join(
                        "\n",
                        checked(folder, card.model(), card),
                        checked(folder, TOKENIZER, card),
                        card.behaviour()));
    }

    public ModelCard card() {
        return card;
    }

    public Path graph() {
        return folder.resolve(card.model());
    }

    public Path tokenizer() {
        return folder.resolve(TOKENIZER);
    }

    /**
     * Identifies what the model computes: SHA-256 over the graph, the tokenizer file and those
     * parts of the card that change its numbers.
     */
    public String fingerprint() {
        return fingerprint;
    }

    /** What loading the model has taken until now. */
    public LoadTimes times() {
        return times;
    }

    private static ModelCard readCard(Path folder) {
        Path file = folder.resolve(CARD);
        if (!Files.isRegularFile(file)) {
            return new HuggingFaceCard(folder, JSON).derive();
        }
        try {
            ModelCard card = JSON.readValue(file.toFile(), ModelCard.class);
            if (card == null) {
                throw new ModelException(file + " is not a model card: it holds null");
            }
            return card;
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    "%s is not a model card: line %d: %s"
                            .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new ModelException("Cannot read " + file + ": " + e, e);
        }
    }

    /** The file's SHA-256, which is the card's if the card states one. */
    private static String checked(Path folder, String name, ModelCard card) {
        Path file = folder.resolve(name);
        String actual = sha256(file);
        String expected = card.sha256().getOrDefault(name, actual);
        if (!actual.equals(expected)) {
            throw new ModelException(
                    "%s (%d bytes) is not the file that model.json describes: its SHA-256 is %s, expected %s. Copy the file again, or correct model.json if you changed the model on purpose."
                            .formatted(file, file.toFile().length(), actual, expected));
        }
        return actual;
    }

    private static String sha256(Path file) {
        try {
            return Sha256.of(file);
        } catch (NoSuchFileException e) {
            throw new ModelException(
                    "%s is missing. A model folder holds an ONNX graph and %s."
                            .formatted(file, TOKENIZER),
                    e);
        } catch (IOException e) {
            throw new ModelException("Cannot read " + file + ": " + e, e);
        }
    }

    private static String foldersIn(Path models) {
        try (var folders = Files.list(models)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .collect(Collectors.joining(", ", "the folders: ", ""));
        } catch (IOException e) {
            return "nothing that can be read";
        }
    }
}
