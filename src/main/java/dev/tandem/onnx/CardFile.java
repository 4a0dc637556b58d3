package dev.tandem.onnx;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tandem.files.DurableFiles;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelCard.Blend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The card of a model folder as a file: {@code model.json}. */
public final class CardFile {

    /** Its name in the folder. */
    public static final String NAME = "model.json";

    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .setDefaultPropertyInclusion(JsonInclude.Include.NON_EMPTY)
                    .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private static final ObjectWriter WRITER = JSON.writer(printer());

    private CardFile() {}

    /** Whether a folder has one. */
    public static boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(NAME));
    }

    /**
     * The folder's card, or one derived from the files that Hugging Face puts there.
     *
     * @throws ModelException if the file is no card, or there is nothing to derive one from
     */
    public static ModelCard read(Path folder) {
        if (!isIn(folder)) {
            return new HuggingFaceCard(folder, JSON).derive();
        }
        ModelCard card = read(folder.resolve(NAME), ModelCard.class);
        if (card == null) {
            throw new ModelException(folder.resolve(NAME) + " is not a model card: it holds null");
        }
        return card;
    }

    /**
     * A card from the files that Hugging Face puts there, for this graph.
     *
     * @param graph file in the folder
     */
    public static ModelCard derive(Path folder, String graph) {
        return new HuggingFaceCard(folder, JSON).derive(graph);
    }

    /** What kind of model it is, if its card or its config.json says so. */
    public static Optional<ModelKind> kindOf(Path folder, ModelCard card) {
        return ModelKind.stated(card).or(() -> new HuggingFaceCard(folder, JSON).kind());
    }

    /**
     * Writes a folder's card; until it is whole on the disk, the old one stays.
     *
     * @throws ModelException if it cannot be written
     */
    public static void write(Path folder, ModelCard card) {
        replace(folder, JSON.valueToTree(card));
    }

    /**
     * Sets the weights of the blend and leaves the rest of the card as it is; a folder without a
     * card gets one.
     *
     * @throws ModelException if the card cannot be read or written
     */
    public static void setBlend(Path folder, Blend blend) {
        JsonNode card =
                isIn(folder)
                        ? read(folder.resolve(NAME), JsonNode.class)
                        : JSON.valueToTree(read(folder));
        if (!(card instanceof ObjectNode fields)) {
            throw new ModelException(
                    folder.resolve(NAME) + " is not a model card: expected a JSON object");
        }
        fields.set("blend", JSON.valueToTree(blend));
        replace(folder, fields);
    }

    /** The field as a card has it, for who writes it by hand. */
    public static String text(Blend blend) {
        return "\"blend\": " + JSON.valueToTree(blend);
    }

    private static void replace(Path folder, JsonNode card) {
        Path file = folder.resolve(NAME).toAbsolutePath();
        try {
            String text = WRITER.writeValueAsString(card) + "\n";
            DurableFiles.replace(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ModelException("Cannot write " + file + ": " + e, e);
        }
    }

    private static <T> T read(Path file, Class<T> type) {
        try {
            return JSON.readValue(file.toFile(), type);
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    "%s is not a model card: line %d: %s"
                            .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new ModelException("Cannot read " + file + ": " + e, e);
        }
    }

    /** As the cards of this project are written: two spaces, a line for each value. */
    private static DefaultPrettyPrinter printer() {
        var lines = new DefaultIndenter("  ", "\n");
        var separators =
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Spacing.AFTER);
        var printer = new DefaultPrettyPrinter(separators);
        printer.indentArraysWith(lines);
        printer.indentObjectsWith(lines);
        return printer;
    }
}
