package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RealModels;
import dev.tandem.model.Span;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunksTest {
    private static final int FILLER = 2_000;
    private static final int WORD = 3_000;
    private static final int OTHER_WORD = 3_001;

    /** "?" in the vocabulary of BERT. */
    private static final int PUNCTUATION = 1_029;

    @Test
    void spans_passageThatFits_isReadWhole() {
        assertThat(chunks(3).spans(query(WORD), new int[100], 100))
                .containsExactly(new Span(0, 100));
        assertThat(chunks(3).spans(query(WORD), new int[0], 100)).containsExactly(new Span(0, 0));
    }

    @Test
    void spans_fewChunks_coverThePassageAndOverlap() {
        assertThat(chunks(9).spans(query(WORD), new int[250], 100))
                .containsExactly(new Span(0, 100), new Span(75, 175), new Span(150, 250));
    }

    @Test
    void spans_oneChunk_isTheOneWithTheWord() {
        assertThat(chunks(1).spans(query(WORD), passage(1_000, 620, WORD), 100))
                .singleElement()
                .satisfies(span -> assertThat(span.from() <= 620 && 620 < span.to()).isTrue());
    }

    @Test
    void spans_aWordThatIsEverywhere_countsLessThanARareOne() {
        int[] passage = passage(1_000, 705, OTHER_WORD);
        for (int i = 0; i < passage.length; i += 20) {
            passage[i] = WORD;
        }
        // More of the common word stands at the beginning.
        Arrays.fill(passage, 1, 10, WORD);

        assertThat(chunks(1).spans(query(WORD, OTHER_WORD), passage, 100))
                .singleElement()
                .satisfies(span -> assertThat(span.from() <= 705 && 705 < span.to()).isTrue());
    }

    @Test
    void spans_punctuation_countsNothing() {
        assertThat(chunks(1).spans(query(PUNCTUATION), passage(1_000, 620, PUNCTUATION), 100))
                .containsExactly(new Span(0, 100));
    }

    @Test
    void spans_nothingShared_areTheFirstOnes() {
        assertThat(chunks(2).spans(query(WORD), passage(1_000, 0, FILLER), 100))
                .containsExactly(new Span(0, 100), new Span(75, 175));
    }

    @Test
    void spans_several_areInTheOrderOfThePassage() {
        int[] passage = passage(1_000, 110, WORD);
        passage[950] = WORD;
        passage[951] = WORD;

        assertThat(chunks(2).spans(query(WORD), passage, 100))
                .containsExactly(new Span(75, 175), new Span(900, 1_000));
    }

    @Test
    void spans_anything_areWithinThePassageAndTheRoom() {
        var random = new Random(11);
        for (int i = 0; i < 1_000; i++) {
            int length = random.nextInt(600);
            int room = 1 + random.nextInt(200);
            int most = 1 + random.nextInt(10);
            int[] passage = random.ints(length, FILLER, FILLER + 20).toArray();

            List<Span> spans = chunks(most).spans(query(FILLER, FILLER + 3), passage, room);

            assertThat(spans).isNotEmpty().hasSizeLessThanOrEqualTo(most).doesNotHaveDuplicates();
            assertThat(spans).allMatch(s -> s.length() == Math.min(room, length));
            assertThat(spans).allMatch(s -> s.to() <= length);
        }
    }

    private static Chunks chunks(int most) {
        return new Chunks(most, RealModels.pairTokenizer());
    }

    private static long[] query(long... words) {
        return words;
    }

    private static int[] passage(int length, int at, int word) {
        int[] passage = new int[length];
        Arrays.fill(passage, FILLER);
        passage[at] = word;
        return passage;
    }
}
