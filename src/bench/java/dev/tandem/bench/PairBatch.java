package dev.tandem.bench;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Pairs of one run as tensors, padded to the longest. */
final class PairBatch implements AutoCloseable {

    private final Map<String, OnnxTensor> feeds;
    private final TokenCount tokens;

    private PairBatch(Map<String, OnnxTensor> feeds, TokenCount tokens) {
        this.feeds = feeds;
        this.tokens = tokens;
    }

    static PairBatch of(List<Encoding> pairs) throws OrtException {
        int length = pairs.stream().mapToInt(pair -> pair.getIds().length).max().orElseThrow();
        long real = pairs.stream().mapToLong(pair -> pair.getIds().length).sum();
        Map<String, OnnxTensor> feeds = new HashMap<>();
        feeds.put("input_ids", tensor(pairs, length, Encoding::getIds));
        feeds.put("attention_mask", tensor(pairs, length, Encoding::getAttentionMask));
        feeds.put("token_type_ids", tensor(pairs, length, Encoding::getTypeIds));
        return new PairBatch(feeds, new TokenCount(real, (long) pairs.size() * length));
    }

    Map<String, OnnxTensor> feeds() {
        return feeds;
    }

    TokenCount tokens() {
        return tokens;
    }

    @Override
    public void close() {
        feeds.values().forEach(OnnxTensor::close);
    }

    private static OnnxTensor tensor(
            List<Encoding> pairs, int length, Function<Encoding, long[]> part) throws OrtException {
        long[] values = new long[pairs.size() * length];
        for (int i = 0; i < pairs.size(); i++) {
            long[] row = part.apply(pairs.get(i));
            System.arraycopy(row, 0, values, i * length, row.length);
        }
        return OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(),
                LongBuffer.wrap(values),
                new long[] {pairs.size(), length});
    }
}
