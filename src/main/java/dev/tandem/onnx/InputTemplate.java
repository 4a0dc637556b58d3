package dev.tandem.onnx;

import ai.djl.huggingface.tokenizers.Encoding;
import dev.tandem.model.ModelException;
import java.util.Arrays;

/**
 * Where a tokenizer puts its special tokens and segment numbers around one text or two, learned
 * from one encoding, so that inputs can be put together from token ids that were made earlier:
 * {@code before + first + between + second + after}.
 */
final class InputTemplate {

    private final long[] before;
    private final long[] between;
    private final long[] after;
    private final long[] beforeTypes;
    private final long[] betweenTypes;
    private final long[] afterTypes;
    private final long firstType;
    private final long secondType;

    /**
     * @param encoding of two texts, or of one text if {@code secondLength} is 0
     * @param firstLength tokens of the first text alone
     * @param secondLength tokens of the second text alone
     */
    InputTemplate(Encoding encoding, int firstLength, int secondLength) {
        long[] ids = encoding.getIds();
        long[] types = encoding.getTypeIds();
        long[] special = encoding.getSpecialTokenMask();
        int first = firstPlain(special, 0);
        int second = secondLength == 0 ? ids.length : firstPlain(special, first + firstLength);
        int end = secondLength == 0 ? first + firstLength : second + secondLength;
        if (end > ids.length) {
            throw new ModelException(
                    "The tokenizer gives a pair other tokens than its two texts alone: "
                            + Arrays.toString(encoding.getTokens()));
        }
        int middleEnd = secondLength == 0 ? first + firstLength : second;
        before = Arrays.copyOfRange(ids, 0, first);
        between = Arrays.copyOfRange(ids, first + firstLength, middleEnd);
        after = Arrays.copyOfRange(ids, end, ids.length);
        beforeTypes = Arrays.copyOfRange(types, 0, first);
        betweenTypes = Arrays.copyOfRange(types, first + firstLength, middleEnd);
        afterTypes = Arrays.copyOfRange(types, end, ids.length);
        firstType = types[first];
        secondType = secondLength == 0 ? firstType : types[second];
    }

    /** Number of special tokens. */
    int overhead() {
        return before.length + between.length + after.length;
    }

    /** Puts together a sequence of {@code firstLength + secondLength + overhead()} tokens. */
    ModelInput assemble(
            long[] first, int firstLength, int[] second, int secondFrom, int secondLength) {
        int length = overhead() + firstLength + secondLength;
        long[] ids = new long[length];
        long[] types = new long[length];
        int at = put(before, beforeTypes, ids, types, 0);
        System.arraycopy(first, 0, ids, at, firstLength);
        Arrays.fill(types, at, at + firstLength, firstType);
        at = put(between, betweenTypes, ids, types, at + firstLength);
        for (int i = 0; i < secondLength; i++) {
            ids[at + i] = second[secondFrom + i];
        }
        Arrays.fill(types, at, at + secondLength, secondType);
        put(after, afterTypes, ids, types, at + secondLength);
        return new ModelInput(ids, types);
    }

    private static int put(long[] from, long[] fromTypes, long[] ids, long[] types, int at) {
        System.arraycopy(from, 0, ids, at, from.length);
        System.arraycopy(fromTypes, 0, types, at, from.length);
        return at + from.length;
    }

    private static int firstPlain(long[] special, int from) {
        int at = from;
        while (at < special.length && special[at] != 0) {
            at++;
        }
        return at;
    }
}
