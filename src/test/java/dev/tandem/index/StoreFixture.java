package dev.tandem.index;

import dev.tandem.model.Passage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Real passage stores without a graph. */
final class StoreFixture {
    private StoreFixture() {}

    static Generation write(Path folder, List<Passage> passages) {
        return write(folder, passages, passages.size());
    }

    /**
     * @param promised number of passages that the manifest gives
     */
    static Generation write(Path folder, List<Passage> passages, int promised) {
        var index = new IndexFolder(folder);
        try (var writer = GenerationWriter.open(index, GenerationFixture.clock(1))) {
            try (var store = new PassageWriter(IndexLayout.passages(writer.folder()))) {
                for (Passage passage : passages) {
                    store.add(passage, tokens(store.count()));
                }
                store.finish();
            }
            return writer.publish(draft -> GenerationFixture.manifest(draft, promised));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a passage's token ids are. */
    static int[] tokens(int ordinal) {
        return IntStream.range(0, ordinal % 7).map(i -> 1_000 * ordinal + i).toArray();
    }
}
