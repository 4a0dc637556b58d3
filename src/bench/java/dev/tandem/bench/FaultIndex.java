package dev.tandem.bench;

import dev.tandem.fixtures.RealModels;
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

/**
 * An index that the shipped models serve, whose graph is read from the storage as that of a large
 * one: passages that can be told from each other, vectors that mean nothing.
 */
final class FaultIndex {

    private static final int SIZE = 3_000;
    private static final int KINDS = 5;

    private FaultIndex() {}

    static Generation build(Path folder) throws IOException {
        int dimension = RealModels.biEncoder().dimension();
        List<float[]> vectors = new VectorSets(dimension, 31).some(SIZE);
        var tokenizer = RealModels.pairTokenizer();
        try (var writer = GenerationWriter.open(new IndexFolder(folder), Clock.systemUTC())) {
            try (var store = new PassageWriter(IndexLayout.passages(writer.folder()))) {
                for (int i = 0; i < SIZE; i++) {
                    Passage passage = passage(i);
                    store.add(passage, tokenizer.storableIds(passage.fullText()));
                }
                store.finish();
            }
            var storage =
                    GraphFixture.writeLarge(vectors, VectorEncoding.FLOAT32, writer.folder());
            return writer.publish(draft -> manifest(draft, storage, dimension));
        }
    }

    /** What a hit of the index must be. */
    static Passage passage(String id) {
        return passage(Integer.parseInt(id.substring(1)));
    }

    private static Passage passage(int i) {
        return new Passage(
                "p" + i,
                "Title " + i,
                "Passage %d speaks of %d things. ".formatted(i, i * 7 % 31).repeat(2 + i % 9),
                Map.of("kind", "kind " + i % KINDS));
    }

    private static IndexManifest manifest(
            GenerationWriter.Draft draft, VectorStorage storage, int dimension) {
        var biEncoder = RealModels.biEncoder();
        return new IndexManifest(
                IndexManifest.FORMAT,
                IndexManifest.VERSION,
                draft.generation(),
                draft.created(),
                "faults",
                SIZE,
                dimension,
                "cosine",
                new EncoderRef(biEncoder.name(), biEncoder.fingerprint()),
                new TokenizerRef(
                        RealModels.CROSS_ENCODER,
                        RealModels.pairTokenizer().fingerprint(),
                        TokenizerRef.DEFAULT),
                GraphFixture.PARAMETERS,
                storage,
                new Source("vectors", "00000000"),
                draft.files());
    }
}
