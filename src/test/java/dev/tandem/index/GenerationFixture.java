package dev.tandem.index;

import dev.tandem.index.IndexManifest.EncoderRef;
import dev.tandem.index.IndexManifest.GraphParameters;
import dev.tandem.index.IndexManifest.Source;
import dev.tandem.index.IndexManifest.TokenizerRef;
import dev.tandem.index.IndexManifest.VectorStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/** Generations whose files are a few letters: enough for all that only looks at bytes. */
final class GenerationFixture {
    private GenerationFixture() {}

    static Generation publish(IndexFolder index, int second) throws IOException {
        try (var writer = GenerationWriter.open(index, clock(second))) {
            return fill(writer);
        }
    }

    static Generation fill(GenerationWriter writer) throws IOException {
        Files.writeString(IndexLayout.graph(writer.folder()), "graph");
        Files.createDirectories(IndexLayout.passages(writer.folder()));
        Files.writeString(IndexLayout.passages(writer.folder()).resolve("segment"), "passages");
        return writer.publish(draft -> manifest(draft, 3));
    }

    static IndexManifest manifest(GenerationWriter.Draft draft, int passages) {
        return new IndexManifest(
                IndexManifest.FORMAT,
                IndexManifest.VERSION,
                draft.generation(),
                draft.created(),
                "test",
                passages,
                4,
                "cosine",
                new EncoderRef("bi", "b1"),
                new TokenizerRef("cross", "c1", TokenizerRef.DEFAULT),
                new GraphParameters(8, 16, 1.2f, 1.2f),
                new VectorStorage("float32", 0, 0),
                new Source("corpus.jsonl", "00000000"),
                draft.files());
    }

    static Clock clock(int second) {
        return Clock.fixed(Instant.ofEpochSecond(1_700_000_000L + second), ZoneOffset.UTC);
    }
}
