package dev.tandem.index;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * {@code manifest.json} as bytes. Its last field is {@code checksum}, the CRC-32C of all bytes
 * before it; the bytes from there on are fixed but for its eight digits. So there is no byte whose
 * change, and no length whose loss, is not seen.
 */
final class ManifestFile {

    private static final ObjectWriter WRITER =
            IndexFolder.JSON.writer(
                    new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private static final String BODY_END = "\n}";
    private static final String SEAL_START = ",\n  \"checksum\" : \"";
    private static final String SEAL_END = "\"\n}\n";
    private static final int SEAL_LENGTH = SEAL_START.length() + 8 + SEAL_END.length();

    /** What every manifest starts with, of whatever version. */
    private static final String HEAD = "{\n  \"format\" : \"" + IndexManifest.FORMAT + "\"";

    private ManifestFile() {}

    static void write(IndexManifest manifest, Path file) throws IOException {
        Files.write(file, sealed(WRITER.writeValueAsString(manifest)));
    }

    /**
     * @param json an object as {@link #write} prints it
     * @return its bytes with the checksum
     */
    static byte[] sealed(String json) {
        String body = json.substring(0, json.length() - BODY_END.length());
        String checksum = checksum(body.getBytes(StandardCharsets.UTF_8));
        return (body + SEAL_START + checksum + SEAL_END).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @throws IndexException naming the file: missing, foreign, of another version, or damaged
     */
    static IndexManifest read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            JsonNode tree = treeOf(bytes);
            if (isSealed(bytes)) {
                checkSeal(file, bytes);
                checkKind(file, tree);
                return IndexFolder.JSON.treeToValue(tree, IndexManifest.class);
            }
            throw unsealed(file, bytes, tree);
        } catch (NoSuchFileException e) {
            throw new IndexException(file + " is missing. Build the index again.", e);
        } catch (JsonProcessingException e) {
            throw damaged(file, e.getOriginalMessage());
        } catch (IOException e) {
            throw new IndexException("Cannot read " + file + ": " + e, e);
        }
    }

    /** The JSON in it, or a missing node if it is none. */
    private static JsonNode treeOf(byte[] bytes) throws IOException {
        try {
            return IndexFolder.JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private static boolean isSealed(byte[] bytes) {
        String seal = seal(bytes);
        return seal.length() == SEAL_LENGTH
                && seal.startsWith(SEAL_START)
                && seal.endsWith(SEAL_END);
    }

    private static void checkSeal(Path file, byte[] bytes) {
        String said = seal(bytes).substring(SEAL_START.length(), SEAL_LENGTH - SEAL_END.length());
        String got = checksum(Arrays.copyOf(bytes, bytes.length - SEAL_LENGTH));
        if (!got.equals(said)) {
            throw damaged(file, "it has the CRC-32C %s, it says %s".formatted(got, said));
        }
    }

    private static String seal(byte[] bytes) {
        return text(bytes, Math.max(0, bytes.length - SEAL_LENGTH), bytes.length);
    }

    /** Without its last field a manifest is one of version 1 or of a later layout, or was cut. */
    private static IndexException unsealed(Path file, byte[] bytes, JsonNode tree) {
        if (isManifest(tree) && isOtherVersion(tree)) {
            return otherVersion(file, tree.path("version").asInt());
        }
        return isManifest(tree) || startsAsManifest(bytes)
                ? damaged(file, "its last field, the checksum, is cut off or changed")
                : foreign(file);
    }

    private static void checkKind(Path file, JsonNode tree) {
        if (!isManifest(tree)) {
            throw foreign(file);
        }
        if (isOtherVersion(tree)) {
            throw otherVersion(file, tree.path("version").asInt());
        }
    }

    private static boolean isManifest(JsonNode tree) {
        return tree.path("format").asText().equals(IndexManifest.FORMAT);
    }

    private static boolean isOtherVersion(JsonNode tree) {
        JsonNode version = tree.path("version");
        return version.isInt() && version.asInt() != IndexManifest.VERSION;
    }

    /** Also true for a file that was cut within its first line. */
    private static boolean startsAsManifest(byte[] bytes) {
        String start = text(bytes, 0, Math.min(bytes.length, 2 * HEAD.length()));
        return HEAD.startsWith(start) || start.contains(IndexManifest.FORMAT);
    }

    private static IndexException foreign(Path file) {
        return new IndexException(
                file
                        + " is not the manifest of a Tandem index. Set tandem.index.dir to an"
                        + " index, or build one.");
    }

    private static IndexException otherVersion(Path file, int version) {
        boolean newer = version > IndexManifest.VERSION;
        return new IndexException(
                "%s has format version %d, which is too %s: this program reads version %d. %s"
                        .formatted(
                                file,
                                version,
                                newer ? "new" : "old",
                                IndexManifest.VERSION,
                                newer ? "Use a newer Tandem." : "Build the index again."));
    }

    private static IndexException damaged(Path file, String how) {
        return new IndexException("%s is damaged: %s. Build the index again.".formatted(file, how));
    }

    /** One character a byte. */
    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static String checksum(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return Crc32c.hex(crc);
    }
}
