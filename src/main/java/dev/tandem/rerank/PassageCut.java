package dev.tandem.rerank;

import dev.tandem.model.Span;
import java.util.Arrays;
import java.util.List;

/** Which parts of a passage the cross-encoder reads. Depends on nothing but its arguments. */
@FunctionalInterface
public interface PassageCut {

    /** The beginning of the passage, as much of it as fits. */
    PassageCut HEAD =
            (query, passage, room) -> List.of(new Span(0, Math.min(passage.length, room)));

    /** The end of the passage, as much of it as fits. */
    PassageCut TAIL =
            (query, passage, room) ->
                    List.of(new Span(Math.max(0, passage.length - room), passage.length));

    /**
     * The same of passages as if they ended after some tokens.
     *
     * @param most tokens, at least 1
     */
    default PassageCut within(int most) {
        return (query, passage, room) ->
                spans(query, Arrays.copyOf(passage, Math.min(passage.length, most)), room);
    }

    /**
     * @param query token ids
     * @param passage token ids
     * @param room tokens of the passage that one run reads, at least 1
     * @return at least one span of at most {@code room} tokens, in the order of the passage; the
     *     passage's score is the highest of theirs
     */
    List<Span> spans(long[] query, int[] passage, int room);
}
