package dev.tandem.index;

import org.apache.lucene.util.BytesRef;

/**
 * Token ids as bytes: each id in 7-bit groups, lowest first, the high bit set on all but the last
 * group. Ids below 128 take one byte, below 16,384 two, below 2,097,152 three.
 */
final class TokenCodec {

    private static final int MOST_BYTES = 5;

    private TokenCodec() {}

    static BytesRef encode(int[] ids) {
        byte[] bytes = new byte[Math.multiplyExact(ids.length, MOST_BYTES)];
        int at = 0;
        for (int id : ids) {
            int rest = id;
            while ((rest & ~0x7F) != 0) {
                bytes[at++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[at++] = (byte) rest;
        }
        return new BytesRef(bytes, 0, at);
    }

    static int[] decode(BytesRef bytes) {
        int end = bytes.offset + bytes.length;
        int[] ids = new int[count(bytes)];
        int at = bytes.offset;
        for (int i = 0; i < ids.length; i++) {
            int id = 0;
            int shift = 0;
            byte group;
            do {
                group = bytes.bytes[at++];
                id |= (group & 0x7F) << shift;
                shift += 7;
            } while (group < 0 && at < end);
            ids[i] = id;
        }
        return ids;
    }

    private static int count(BytesRef bytes) {
        int count = 0;
        for (int i = 0; i < bytes.length; i++) {
            count += bytes.bytes[bytes.offset + i] >= 0 ? 1 : 0;
        }
        return count;
    }
}
