package dev.tandem.rerank;

import dev.tandem.model.Span;
import java.util.List;

/** Which parts of a passage the cross-encoder reads. Depends on nothing but its arguments. */
@FunctionalInterface
public interface PassageCut {

    /** The beginning of the passage, as much of it as fits. */
    PassageCut HEAD =
            (query, passage, room) -> List.of(new Span(0, Math.min(passage.length, room)));

    /**
     * @param query token ids
     * @param passage token ids
     * @param room tokens of the passage that one run reads, at least 1
     * @return at least one span of at most {@code room} tokens, in the order of the passage; the
     *     passage's score is the highest of theirs
     */
    List<Span> spans(long[] query, int[] passage, int room);
}
