package dev.tandem.index;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.lucene.util.BytesRef;

/**
 * The term of a string that is looked up whole: its UTF-8, or for a string of more than 255 bytes
 * the byte FF, which UTF-8 never has, and its SHA-256. Lucene refuses terms above 32 kB, and nobody
 * reads long ones.
 */
final class Keyword {

    private static final int LONGEST_BYTES = 255;
    private static final byte DIGEST = (byte) 0xFF;

    private Keyword() {}

    static BytesRef term(String string) {
        var utf8 = new BytesRef(string);
        return utf8.length <= LONGEST_BYTES ? utf8 : digest(utf8);
    }

    private static BytesRef digest(BytesRef utf8) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            byte[] term = new byte[1 + sha256.getDigestLength()];
            term[0] = DIGEST;
            sha256.update(utf8.bytes, utf8.offset, utf8.length);
            System.arraycopy(sha256.digest(), 0, term, 1, term.length - 1);
            return new BytesRef(term);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256. This is a bug.", e);
        }
    }
}
