package dev.tandem.bench;

import dev.tandem.fixtures.VectorSets;
import dev.tandem.index.Generation;
import dev.tandem.index.GenerationWriter;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.IndexManifest.EncoderRef;
import dev.tandem.index.IndexManifest.Source;
import dev.tandem.index.IndexManifest.TokenizerRef;
import dev.tandem.index.IndexManifest.VectorStorage;
import dev.tandem.index.PassageWriter;
import dev.tandem.indexing.GraphFixture;
import dev.tandem.indexing.VectorEncoding;
import dev.tandem.model.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A generation as a large corpus has it, with codes and a hot region, that is small. */
final class StormIndex {

    static final int SIZE = 3_000;
    static final int DIMENSION = 96;

    private static final int YEARS = 60;

    private StormIndex() {}

    static Generation build(Path folder) throws IOException {
        List<float[]> vectors = new VectorSets(DIMENSION, 21).some(SIZE);
        try (var writer = GenerationWriter.open(new IndexFolder(folder), Clock.systemUTC())) {
            try (var store = new PassageWriter(IndexLayout.passages(writer.folder()))) {
                for (int i = 0; i < SIZE; i++) {
                    store.add(passage(i), tokens(i));
                }
                store.finish();
            }
            var storage =
                    GraphFixture.writeLarge(vectors, VectorEncoding.FLOAT32, writer.folder());
            return writer.publish(draft -> manifest(draft, storage));
        }
    }

    static Passage passage(int i) {
        return new Passage(
                "p" + i,
                "Title " + i,
                "Passage %d speaks of %d things. ".formatted(i, i * 7 % 31).repeat(1 + i % 12),
                Map.of(
                        "kind", "kind " + i % 5,
                        "author", "author " + i % 700,
                        "year", 1960 + i * 13 % YEARS,
                        "price", i * 0.37,
                        "open", i % 3 == 0,
                        "date", "20%02d-03-0%d".formatted(i % 26, 1 + i % 9)));
    }

    static int[] tokens(int i) {
        return IntStream.range(0, 10 + i % 60).map(t -> (i * 31 + t * 7) % 30_000).toArray();
    }

    private static IndexManifest manifest(GenerationWriter.Draft draft, VectorStorage storage) {
        return new IndexManifest(
                IndexManifest.FORMAT,
                IndexManifest.VERSION,
                draft.generation(),
                draft.created(),
                "storm",
                SIZE,
                DIMENSION,
                "cosine",
                new EncoderRef("none", "none"),
                new TokenizerRef("none", "none", TokenizerRef.DEFAULT),
                GraphFixture.PARAMETERS,
                storage,
                new Source("vectors", "00000000"),
                draft.files());
    }
}
