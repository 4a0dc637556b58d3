package dev.tandem.indexing;

import dev.tandem.onnx.TextTokenizer;

/**
 * What turns passages into the token ids that are stored for stage 2.
 *
 * @param model name of the cross-encoder it belongs to
 */
public record PairTokenizer(String model, TextTokenizer tokenizer) {}
