package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.rerank.ScoreFile.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreFileTest {
    private static final long SCORES = ScoreFile.hash("scores");
    private static final List<Entry> SIX =
            IntStream.range(0, 6).mapToObj(i -> entry(i, i / 3f)).toList();

    @TempDir private Path dir;

    @Test
    void append_someTimes_isReadOnceEach() throws IOException {
        try (var writer = ScoreFile.Writer.create(dir, SCORES)) {
            var reader = new ScoreFile.Reader(writer.file(), SCORES);
            assertThat(read(reader)).isEmpty();
            writer.append(SIX.subList(0, 2));
            assertThat(read(reader)).containsExactlyElementsOf(SIX.subList(0, 2));
            assertThat(read(reader)).isEmpty();
            writer.append(SIX.subList(2, 6));
            assertThat(read(reader)).containsExactlyElementsOf(SIX.subList(2, 6));
        }
    }

    @Test
    void read_otherScores_findsNothing() throws IOException {
        assertThat(read(new ScoreFile.Reader(written(), ScoreFile.hash("others")))).isEmpty();
    }

    @Test
    void read_fileUnderTheNameOfOtherScores_findsNothing() throws IOException {
        long others = ScoreFile.hash("others");
        Path renamed = dir.resolve(ScoreFile.prefix(others) + ".0" + ScoreFile.SUFFIX);
        Files.copy(written(), renamed);

        assertThat(read(new ScoreFile.Reader(renamed, others))).isEmpty();
    }

    /** As a process that is killed, or a disk that is full, may leave it. */
    @Test
    void read_cutAtAnyByte_findsTheWholeOnes() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        for (int length = 0; length < whole.length; length++) {
            Path cut = dir.resolve("cut-" + length);
            Files.write(cut, Arrays.copyOf(whole, length));
            int entries = Math.max(0, length / ScoreFile.RECORD - 1);

            assertThat(read(new ScoreFile.Reader(cut, SCORES)))
                    .containsExactlyElementsOf(SIX.subList(0, entries));
        }
    }

    /** As storage that loses blocks may leave it. */
    @Test
    void read_anyByteFlipped_findsTheOthers() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Path file = Files.write(dir.resolve("flipped"), damaged);
            List<Entry> expected = new ArrayList<>(at < ScoreFile.RECORD ? List.of() : SIX);
            if (at >= ScoreFile.RECORD) {
                expected.remove(at / ScoreFile.RECORD - 1);
            }

            assertThat(read(new ScoreFile.Reader(file, SCORES)))
                    .containsExactlyElementsOf(expected);
        }
    }

    /** What a network file system may show of an append that is under way. */
    @Test
    void read_appendThatIsHalfVisible_readsTheRestLater() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        Path file = dir.resolve("growing");
        Files.write(file, Arrays.copyOf(whole, 10));
        var reader = new ScoreFile.Reader(file, SCORES);
        assertThat(read(reader)).isEmpty();
        Files.write(file, Arrays.copyOf(whole, ScoreFile.RECORD * 3 + 5));
        assertThat(read(reader)).containsExactlyElementsOf(SIX.subList(0, 2));
        Files.write(file, whole, StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(read(reader)).containsExactlyElementsOf(SIX.subList(2, 6));
    }

    private Path written() throws IOException {
        try (var writer = ScoreFile.Writer.create(dir, SCORES)) {
            writer.append(SIX);
            return writer.file();
        }
    }

    private static List<Entry> read(ScoreFile.Reader reader) throws IOException {
        List<Entry> found = new ArrayList<>();
        reader.readNew(found::add);
        return found;
    }

    private static Entry entry(int number, float logit) {
        return new Entry(new ScoreCache.Key(number, -number), logit);
    }
}
