package dev.tandem.index;

import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * How a binary file of ours begins and ends: eight bytes that name the format, its version, the
 * content, and the CRC-32C of all before. Big-endian.
 *
 * @param magic eight ASCII characters
 * @param version that is written and read
 */
public record FormatHeader(String magic, int version) {

    /** Bytes before the content. */
    public static final int BYTES = Long.BYTES + Integer.BYTES;

    /** Bytes behind the content. */
    public static final int CHECKSUM_BYTES = Integer.BYTES;

    private static final int PIECE = 1 << 20;

    public FormatHeader {
        if (magic.length() != Long.BYTES) {
            throw new IllegalArgumentException(
                    "magic: got %s, expected 8 characters".formatted(magic));
        }
    }

    /** Starts a file. */
    public void put(ByteBuffer into) {
        into.put(magic.getBytes(StandardCharsets.US_ASCII)).putInt(version);
    }

    /**
     * Writes a file that must not exist yet.
     *
     * @param content from the header on, filled up to the room for the checksum
     */
    public static void write(ByteBuffer content, Path file) throws IOException {
        content.putInt(checksum(content.duplicate().flip())).flip();
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (content.hasRemaining()) {
                channel.write(content);
            }
        }
    }

    /** Ends a file that was written in pieces. */
    public static void appendChecksum(Path file) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var crc = new CRC32C();
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
            while (channel.read(piece) >= 0) {
                crc.update(piece.flip());
                piece.clear();
            }
            channel.write(ByteBuffer.allocate(CHECKSUM_BYTES).putInt(0, (int) crc.getValue()));
        }
    }

    /**
     * Checks a whole file.
     *
     * @param all of the file, from position to limit
     * @return the content
     * @throws IndexException if the file is another format's, another version's, or damaged
     */
    public ByteBuffer content(ByteBuffer all, Path file) {
        if (all.remaining() < BYTES + CHECKSUM_BYTES) {
            throw new IndexException(
                    "%s is truncated: %d bytes. Build the index again."
                            .formatted(file, all.remaining()));
        }
        checkBeginning(all, file);
        int end = all.limit() - CHECKSUM_BYTES;
        int expected = all.getInt(end);
        int actual = checksum(all.slice(all.position(), all.remaining() - CHECKSUM_BYTES));
        if (actual != expected) {
            throw new IndexException(
                    "%s is damaged: its CRC-32C is %08x, its last bytes say %08x. Build the index again."
                            .formatted(file, actual, expected));
        }
        return all.slice(all.position() + BYTES, all.remaining() - BYTES - CHECKSUM_BYTES);
    }

    private void checkBeginning(ByteBuffer all, Path file) {
        byte[] found = new byte[Long.BYTES];
        all.get(all.position(), found);
        if (!new String(found, StandardCharsets.ISO_8859_1).equals(magic)) {
            throw new IndexException(
                    "%s does not begin with %s: it is no such file of Tandem. Build the index again."
                            .formatted(file, magic));
        }
        int got = all.getInt(all.position() + Long.BYTES);
        if (got != version) {
            throw new IndexException(
                    "%s has format version %d; this program reads version %d. %s"
                            .formatted(
                                    file,
                                    got,
                                    version,
                                    got > version
                                            ? "Use a newer Tandem."
                                            : "Build the index again."));
        }
    }

    private static int checksum(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
