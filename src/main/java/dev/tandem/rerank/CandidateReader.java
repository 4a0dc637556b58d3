package dev.tandem.rerank;

import dev.tandem.model.Span;
import dev.tandem.onnx.TextTokenizer;

/** Makes what the cross-encoder reads of a task's candidates. Thread-safe. */
final class CandidateReader {

    private final RerankTask task;
    private final TextTokenizer tokenizer;

    CandidateReader(RerankTask task, TextTokenizer tokenizer) {
        this.task = task;
        this.tokenizer = tokenizer;
    }

    CandidateInputs inputs(int index) {
        long[] query = task.query();
        int[] passage = task.tokens().tokenIds(index);
        var inputs = new CandidateInputs(index, passage.length);
        for (Span span : task.cut().spans(query, passage, tokenizer.passageRoom(query.length))) {
            inputs.add(span, tokenizer.pair(query, passage, span));
        }
        return inputs;
    }
}
