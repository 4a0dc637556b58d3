package dev.tandem.index;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.lucene.util.BytesRef;

/**
 * CRC-32C of one passage's data. The ordinal is part of it: a damaged offset can lead to the data
 * of another passage, which is whole in itself.
 */
final class PassageChecksum {

    /** Length of a checksum at the end of a doc value. */
    static final int BYTES = Integer.BYTES;

    private PassageChecksum() {}

    /** Over the ordinal, then each string's length in UTF-8 and its bytes. */
    static int of(int ordinal, String... strings) {
        CRC32C crc = begin(ordinal);
        for (String string : strings) {
            // As Lucene writes it: half a surrogate pair becomes U+FFFD.
            var utf8 = new BytesRef(string);
            crc.update(int32(utf8.length));
            crc.update(utf8.bytes, utf8.offset, utf8.length);
        }
        return (int) crc.getValue();
    }

    /** The bytes, and the checksum of ordinal and bytes, highest byte first. */
    static BytesRef append(int ordinal, BytesRef bytes) {
        byte[] sealed = new byte[bytes.length + BYTES];
        System.arraycopy(bytes.bytes, bytes.offset, sealed, 0, bytes.length);
        ByteBuffer.wrap(sealed).putInt(bytes.length, of(ordinal, bytes));
        return new BytesRef(sealed);
    }

    /** Whether {@code sealed} ends with the checksum of what stands before. */
    static boolean holds(int ordinal, BytesRef sealed) {
        if (sealed.length < BYTES) {
            return false;
        }
        int stored = ByteBuffer.wrap(sealed.bytes).getInt(sealed.offset + sealed.length - BYTES);
        return stored == of(ordinal, content(sealed));
    }

    /** What {@link #append} was given. */
    static BytesRef content(BytesRef sealed) {
        return new BytesRef(sealed.bytes, sealed.offset, sealed.length - BYTES);
    }

    private static int of(int ordinal, BytesRef bytes) {
        CRC32C crc = begin(ordinal);
        crc.update(bytes.bytes, bytes.offset, bytes.length);
        return (int) crc.getValue();
    }

    private static CRC32C begin(int ordinal) {
        var crc = new CRC32C();
        crc.update(int32(ordinal));
        return crc;
    }

    private static ByteBuffer int32(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).flip();
    }
}
