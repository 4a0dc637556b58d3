package dev.tandem.index;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** An index on the mount: its generations, and CURRENT that names the served one. */
public final class IndexFolder {

    static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    // Letters, digits and dashes: a generation's id can never lead out of its folder.
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

    private final Path folder;

    public IndexFolder(Path folder) {
        this.folder = folder;
    }

    public Path path() {
        return folder;
    }

    /** Whether a generation was ever published here. */
    public boolean exists() {
        return Files.isRegularFile(folder.resolve(IndexLayout.CURRENT));
    }

    /**
     * The served generation, its manifest read and the lengths of its files checked.
     *
     * @throws IndexException if there is none, or it is not whole
     */
    public Generation current() {
        Path generation = generationFolder(currentId());
        Generation current = new Generation(generation, readManifest(generation));
        current.checkLengths();
        return current;
    }

    Path generations() {
        return folder.resolve(IndexLayout.GENERATIONS);
    }

    Path generationFolder(String id) {
        return generations().resolve(id);
    }

    private String currentId() {
        Path file = folder.resolve(IndexLayout.CURRENT);
        try {
            String id = Files.readString(file).strip();
            if (!ID.matcher(id).matches()) {
                throw new IndexException(
                        "%s holds \"%s\", which is no generation's id. Build the index again."
                                .formatted(file, id.substring(0, Math.min(id.length(), 80))));
            }
            return id;
        } catch (NoSuchFileException e) {
            throw new IndexException(
                    "No index at %s: %s is missing. Build one: ./tandem index build --input corpus.jsonl --index %s"
                            .formatted(folder.toAbsolutePath(), file.getFileName(), folder),
                    e);
        } catch (IOException e) {
            throw new IndexException("Cannot read " + file + ": " + e, e);
        }
    }

    private static IndexManifest readManifest(Path generation) {
        Path file = generation.resolve(IndexLayout.MANIFEST);
        try {
            var tree = JSON.readTree(file.toFile());
            if (!tree.path("format").asText().equals(IndexManifest.FORMAT)) {
                throw new IndexException(file + " is not the manifest of a Tandem index.");
            }
            int version = tree.path("version").asInt();
            if (version != IndexManifest.VERSION) {
                throw new IndexException(
                        "%s has format version %d; this program reads version %d. %s"
                                .formatted(
                                        file,
                                        version,
                                        IndexManifest.VERSION,
                                        version > IndexManifest.VERSION
                                                ? "Use a newer Tandem."
                                                : "Build the index again."));
            }
            return JSON.treeToValue(tree, IndexManifest.class);
        } catch (NoSuchFileException | java.io.FileNotFoundException e) {
            throw new IndexException(file + " is missing. Build the index again.", e);
        } catch (JsonProcessingException e) {
            throw new IndexException(
                    "%s is damaged: %s. Build the index again."
                            .formatted(file, e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new IndexException("Cannot read " + file + ": " + e, e);
        }
    }
}
