package dev.tandem.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCodecTest {
    private static final int[] EDGES = {
        0, 1, 127, 128, 16_383, 16_384, (1 << 21) - 1, 1 << 21, 1 << 28, Integer.MAX_VALUE
    };

    @Test
    void decode_edgesOfTheGroups_givesThemBack() {
        assertThat(TokenCodec.decode(TokenCodec.encode(EDGES))).containsExactly(EDGES);
    }

    @Test
    void decode_noTokens_givesNone() {
        assertThat(TokenCodec.decode(TokenCodec.encode(new int[0]))).isEmpty();
    }

    @Test
    void decode_randomIds_givesThemBack() {
        var random = new Random(42);
        for (int run = 0; run < 500; run++) {
            int[] ids = random.ints(random.nextInt(300)).map(TokenCodecTest::shortened).toArray();

            assertThat(TokenCodec.decode(TokenCodec.encode(ids))).containsExactly(ids);
        }
    }

    @Test
    void decode_sliceOfALargerArray_readsTheSliceOnly() {
        BytesRef encoded = TokenCodec.encode(EDGES);
        byte[] larger = new byte[encoded.length + 10];
        System.arraycopy(encoded.bytes, encoded.offset, larger, 7, encoded.length);

        assertThat(TokenCodec.decode(new BytesRef(larger, 7, encoded.length)))
                .containsExactly(EDGES);
    }

    @ParameterizedTest
    @CsvSource({"127, 1", "128, 2", "16383, 2", "16384, 3", "2097152, 4", "2147483647, 5"})
    void encode_id_takesAsFewBytesAsItsSizeAllows(int id, int bytes) {
        assertThat(TokenCodec.encode(new int[] {id}).length).isEqualTo(bytes);
    }

    /** Ids of every magnitude: most of the ints themselves would take five bytes. */
    private static int shortened(int random) {
        return (random & Integer.MAX_VALUE) >>> (random & 31);
    }
}
