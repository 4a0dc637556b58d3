package dev.tandem.bench;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.PairList;

import java.io.IOException;
import java.util.List;

/** Encodes pairs as texts, those of a call on all cores, without padding. */
final class PeerTokenizer implements AutoCloseable {

    private final HuggingFaceTokenizer tokenizer;

    private PeerTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    static PeerTokenizer open(LongModel model) throws IOException {
        return new PeerTokenizer(
                HuggingFaceTokenizer.builder()
                        .optTokenizerPath(model.plainTokenizer())
                        .optTruncateSecondOnly()
                        .optMaxLength(model.maxSequenceLength())
                        .optPadding(false)
                        .build());
    }

    List<Encoding> pairs(String query, List<String> passages) {
        PairList<String, String> texts = new PairList<>();
        passages.forEach(passage -> texts.add(query, passage));
        return List.of(tokenizer.batchEncode(texts));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
