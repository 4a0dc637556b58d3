package dev.tandem.rerank;

import dev.tandem.onnx.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A file of scores, which one process appends to and any may read meanwhile. Records of 24 bytes,
 * big-endian, each with a checksum of its own, so that one that is half written, or damaged later,
 * is passed over:
 *
 * <pre>
 * header  magic [int64]  version [int32]  0 [int64]                    crc32c [int32]
 * entry   query [int64]  input [int64]    logit [float32]              crc32c [int32]
 * </pre>
 *
 * An entry's checksum is over the fingerprint's hash and the first 20 bytes, a header's likewise;
 * so a file of other scores has no valid record, whatever its name.
 */
final class ScoreFile {

    static final String SUFFIX = ".scores";

    static final int RECORD = 24;

    private static final int CHECKED = RECORD - Integer.BYTES;
    private static final long MAGIC = 0x54414e44454d5343L; // "TANDEMSC"
    private static final int VERSION = 1;
    private static final int BLOCK = 4_096 * RECORD;

    private final Path file;
    private final long fingerprint;

    private ScoreFile(Path file, long fingerprint) {
        this.file = file;
        this.fingerprint = fingerprint;
    }

    /** A score. */
    record Entry(ScoreCache.Key key, float logit) {}

    /** First 64 bits of the SHA-256 of a fingerprint. */
    static long hash(String fingerprint) {
        return HexFormat.fromHexDigitsToLong(Sha256.of(fingerprint), 0, 2 * Long.BYTES);
    }

    /** What the names of all files of these scores begin with. */
    static String prefix(long fingerprint) {
        return HexFormat.of().toHexDigits(fingerprint);
    }

    private ByteBuffer header() {
        return sealed(ByteBuffer.allocate(RECORD).putLong(MAGIC).putInt(VERSION).putLong(0));
    }

    /** Puts the checksum of the 20 bytes before the position. */
    private ByteBuffer sealed(ByteBuffer record) {
        return record.putInt(checksum(record, record.position() - CHECKED));
    }

    private int checksum(ByteBuffer records, int at) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(fingerprint).flip());
        crc.update(records.slice(at, CHECKED));
        return (int) crc.getValue();
    }

    private boolean holds(ByteBuffer records, int at) {
        return records.getInt(at + CHECKED) == checksum(records, at);
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long at)
            throws IOException {
        while (into.hasRemaining() && channel.read(into, at + into.position()) >= 0) {
            // Until it is full, or the file ends.
        }
        into.flip();
    }

    /** Appends. Not thread-safe. */
    static final class Writer implements AutoCloseable {

        private final ScoreFile scores;
        private final FileChannel channel;
        private boolean holdsScores;

        private Writer(ScoreFile scores, FileChannel channel) {
            this.scores = scores;
            this.channel = channel;
        }

        /** Makes a file with a name of its own. */
        static Writer create(Path dir, long fingerprint) throws IOException {
            long random = ThreadLocalRandom.current().nextLong();
            String name = "%s.%016x%s".formatted(prefix(fingerprint), random, SUFFIX);
            var scores = new ScoreFile(dir.resolve(name), fingerprint);
            var channel =
                    FileChannel.open(
                            scores.file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            var writer = new Writer(scores, channel);
            try {
                writer.write(scores.header());
                return writer;
            } catch (IOException e) {
                writer.close();
                throw e;
            }
        }

        Path file() {
            return scores.file;
        }

        long size() throws IOException {
            return channel.size();
        }

        /** On the disk when it returns. After an exception nothing more may be appended. */
        void append(List<Entry> entries) throws IOException {
            write(records(entries));
            channel.force(false);
            holdsScores = true;
        }

        private ByteBuffer records(List<Entry> entries) {
            var records = ByteBuffer.allocate(entries.size() * RECORD);
            for (Entry entry : entries) {
                scores.sealed(
                        records.putLong(entry.key().query())
                                .putLong(entry.key().input())
                                .putFloat(entry.logit()));
            }
            return records;
        }

        private void write(ByteBuffer records) throws IOException {
            records.flip();
            while (records.hasRemaining()) {
                channel.write(records);
            }
        }

        /** A file without a score, as a full disk leaves it, is of no use to anybody. */
        @Override
        public void close() throws IOException {
            channel.close();
            if (!holdsScores) {
                Files.deleteIfExists(scores.file);
            }
        }
    }

    /** Reads what was appended since it looked last. Not thread-safe. */
    static final class Reader {

        private final ScoreFile scores;
        private long position;

        Reader(Path file, long fingerprint) {
            scores = new ScoreFile(file, fingerprint);
        }

        /** Opens the file anew: that is when network file systems look for what others wrote. */
        void readNew(Consumer<Entry> found) throws IOException {
            try (var channel = FileChannel.open(scores.file, StandardOpenOption.READ)) {
                if (position == 0 && !isScores(channel)) {
                    return;
                }
                long end = channel.size() / RECORD * RECORD;
                while (position < end) {
                    var block = ByteBuffer.allocate((int) Math.min(BLOCK, end - position));
                    readFully(channel, block, position);
                    for (int at = 0; at + RECORD <= block.limit(); at += RECORD) {
                        read(block, at, found);
                    }
                    position += block.capacity();
                }
            }
        }

        /** False also for one whose header is not to be seen yet. */
        private boolean isScores(FileChannel channel) throws IOException {
            var header = ByteBuffer.allocate(RECORD);
            readFully(channel, header, 0);
            return header.equals(scores.header().flip());
        }

        private void read(ByteBuffer block, int at, Consumer<Entry> found) {
            if (position + at == 0 || !scores.holds(block, at)) {
                return;
            }
            var key = new ScoreCache.Key(block.getLong(at), block.getLong(at + Long.BYTES));
            found.accept(new Entry(key, block.getFloat(at + 2 * Long.BYTES)));
        }
    }
}
