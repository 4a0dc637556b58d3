package dev.tandem.hub;

import dev.tandem.onnx.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A file of a repository, by its content.
 *
 * @param path in the repository, with {@code /} between folders
 * @param size bytes
 * @param blob git's name of it: SHA-1 over a header and the content, or over a pointer to a large
 *     file
 * @param sha256 of a large file's content; null of a file that git keeps itself
 */
record HubFile(String path, long size, String blob, @Nullable String sha256) {

    /** What the content's checksum is, by which {@link #digestOf} goes too. */
    String digest() {
        return sha256 == null ? blob : sha256;
    }

    /** Name of the checksum, for messages. */
    String algorithm() {
        return sha256 == null ? "git blob SHA-1" : "SHA-256";
    }

    /**
     * @throws IOException if the file cannot be read
     */
    String digestOf(Path file) throws IOException {
        return sha256 == null ? blobOf(file) : Sha256.of(file);
    }

    private static String blobOf(Path file) throws IOException {
        MessageDigest digest = sha1();
        digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            Files.copy(file, out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** What git names files by; it guards against accidents, as it does there. */
    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-1. This is a bug.", e);
        }
    }
}
