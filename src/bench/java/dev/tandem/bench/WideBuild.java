package dev.tandem.bench;

import dev.tandem.index.GenerationWriter;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.IndexManifest.EncoderRef;
import dev.tandem.index.IndexManifest.GraphParameters;
import dev.tandem.index.IndexManifest.Source;
import dev.tandem.index.IndexManifest.TokenizerRef;
import dev.tandem.index.IndexManifest.VectorStorage;
import dev.tandem.index.PassageWriter;
import dev.tandem.indexing.GraphStage;
import dev.tandem.indexing.VectorEncoding;
import dev.tandem.indexing.VectorFile;
import dev.tandem.model.Passage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * Builds a whole generation from vectors that exist, with one short passage to each: what an index
 * build does without the bi-encoder, whose time would hide all other. Give the JVM the heap that is
 * to be shown to suffice.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=WideBuild -Dbench.jvm=-Xmx512m \
 *     -Dbench.args="VECTORS.f32 DIMENSION INDEX [float32|nvq]"</pre>
 */
public final class WideBuild {

    private static final GraphParameters GRAPH = new GraphParameters(32, 100, 1.2f, 1.2f);

    private WideBuild() {}

    public static void main(String[] args) throws Exception {
        int dimension = Integer.parseInt(args[1]);
        var encoding =
                args.length > 3 && args[3].equals("nvq")
                        ? VectorEncoding.NVQ
                        : VectorEncoding.FLOAT32;
        try (var vectors = VectorFile.open(Path.of(args[0]), dimension);
                var writer =
                        GenerationWriter.resume(
                                new IndexFolder(Path.of(args[2])), Clock.systemUTC())) {
            writer.keepForResume();
            long start = System.nanoTime();
            writePassages(vectors.size(), writer.folder());
            say("passages", start);
            VectorStorage storage =
                    GraphStage.write(
                            vectors,
                            GRAPH,
                            encoding,
                            writer.folder(),
                            done -> {
                                if (done % 102_400 == 0) {
                                    say(done + " nodes", start);
                                }
                            });
            say("graph", start);
            var generation =
                    writer.publish(draft -> manifest(draft, vectors.size(), dimension, storage));
            say("published", start);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%,d passages in %.0f s, %.0f passages/s, %,d bytes, %,d a passage%n",
                    vectors.size(),
                    seconds,
                    vectors.size() / seconds,
                    generation.bytes(),
                    generation.bytes() / vectors.size());
        }
    }

    private static void say(String what, long start) {
        var memory = Runtime.getRuntime();
        System.out.printf(
                "%6.1f s  %s, heap %d of %d MB%n",
                (System.nanoTime() - start) / 1e9,
                what,
                (memory.totalMemory() - memory.freeMemory()) >> 20,
                memory.maxMemory() >> 20);
    }

    private static void writePassages(int count, Path generation) throws Exception {
        Path folder = IndexLayout.passages(generation);
        if (Files.exists(folder)) {
            return;
        }
        try (var store = new PassageWriter(folder)) {
            for (int i = 0; i < count; i++) {
                store.add(passage(i), new int[] {101, i % 30_000, 102});
            }
            store.finish();
        }
    }

    /** Metadata of every selectivity that filters are measured with. */
    private static Passage passage(int i) {
        return new Passage(
                "p" + i,
                "",
                "Passage number " + i,
                Map.of(
                        "half", mixed(i) % 2,
                        "tenth", mixed(i) % 10,
                        "hundredth", mixed(i) % 100,
                        "thousandth", mixed(i) % 1_000));
    }

    /** Without any relation to the vectors. */
    private static int mixed(int i) {
        int x = i * 0x9E3779B9;
        x = (x ^ (x >>> 16)) * 0x85EBCA6B;
        return (x ^ (x >>> 13)) & Integer.MAX_VALUE;
    }

    private static IndexManifest manifest(
            GenerationWriter.Draft draft, int count, int dimension, VectorStorage storage) {
        return new IndexManifest(
                IndexManifest.FORMAT,
                IndexManifest.VERSION,
                draft.generation(),
                draft.created(),
                "bench",
                count,
                dimension,
                "cosine",
                new EncoderRef("none", "none"),
                new TokenizerRef("none", "none", TokenizerRef.DEFAULT),
                GRAPH,
                storage,
                new Source("vectors", "00000000"),
                draft.files());
    }
}
