package dev.tandem.candidates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.VectorSets;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.IndexManifest.EncoderRef;
import dev.tandem.index.IndexManifest.FileEntry;
import dev.tandem.index.IndexManifest.Source;
import dev.tandem.index.IndexManifest.TokenizerRef;
import dev.tandem.index.IndexManifest.VectorStorage;
import dev.tandem.index.Memory;
import dev.tandem.indexing.GraphFixture;
import dev.tandem.indexing.VectorEncoding;
import io.github.jbellis.jvector.disk.SimpleReader;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryNeedTest {
    private static final int SIZE = 1_000;
    private static final int DIMENSION = 48;

    private final List<float[]> vectors = new VectorSets(DIMENSION, 5).some(SIZE);

    @TempDir private Path folder;

    @Test
    void of_aSmallGraph_isTheWholeGraph() throws IOException {
        VectorStorage storage = GraphFixture.write(vectors, folder);

        MemoryNeed need = MemoryNeed.of(manifest(storage));

        assertThat(need.held()).isBetween(graphBytes() + 4 * SIZE, graphBytes() + 36L * SIZE);
        assertThat(need.codes()).isZero();
        assertThat(need.held(Memory.LOW)).isEqualTo(need.held(Memory.NORMAL));
    }

    @ParameterizedTest
    @EnumSource
    void of_aLargeGraph_isItsHotRegionItsHeaderAndItsChecksums(VectorEncoding encoding)
            throws IOException {
        VectorStorage storage = GraphFixture.writeLarge(vectors, encoding, folder);
        RecordLayout layout = layout();
        long header = graphBytes() - (long) SIZE * layout.bytes();
        long least = 4L * SIZE + header + (long) storage.hotRecords() * layout.bytes();

        MemoryNeed need = MemoryNeed.of(manifest(storage));

        assertThat(storage.hotRecords()).isPositive();
        assertThat(need.held())
                .isBetween(least, least + 36L * storage.hotRecords() + 24)
                .isLessThan(graphBytes());
    }

    @Test
    void held_normal_addsTheCodesOfAllVectors() throws IOException {
        VectorStorage storage = GraphFixture.writeLarge(vectors, VectorEncoding.NVQ, folder);

        MemoryNeed need = MemoryNeed.of(manifest(storage));

        assertThat(need.held(Memory.LOW)).isEqualTo(need.held());
        assertThat(need.held(Memory.NORMAL) - need.held(Memory.LOW))
                .isEqualTo(IndexLayout.codes(folder).toFile().length())
                .isGreaterThan((long) SIZE * storage.codeBytes());
    }

    @Test
    void search_aLargeGraph_hasRoomForAllReadsAheadAndTheSums() throws IOException {
        VectorStorage storage = GraphFixture.writeLarge(vectors, VectorEncoding.FLOAT32, folder);

        MemoryNeed need = MemoryNeed.of(manifest(storage));

        assertThat(need.search())
                .isGreaterThan(33L * layout().bytes() + storage.codeBytes() * 1_024L)
                .isLessThan(1 << 20);
    }

    private long graphBytes() {
        return IndexLayout.graph(folder).toFile().length();
    }

    private RecordLayout layout() throws IOException {
        try (var simple = new SimpleReader.Supplier(IndexLayout.graph(folder));
                var graph = OnDiskGraphIndex.load(simple)) {
            return RecordLayout.of(graph);
        }
    }

    private IndexManifest manifest(VectorStorage storage) {
        List<FileEntry> files =
                Arrays.stream(Objects.requireNonNull(folder.toFile().listFiles(File::isFile)))
                        .map(file -> new FileEntry(file.getName(), file.length(), "00000000"))
                        .toList();
        return new IndexManifest(
                IndexManifest.FORMAT,
                IndexManifest.VERSION,
                "20260101T000000-000",
                "2026-01-01T00:00:00Z",
                "test",
                SIZE,
                DIMENSION,
                "cosine",
                new EncoderRef("encoder", ""),
                new TokenizerRef("tokenizer", "", TokenizerRef.DEFAULT),
                GraphFixture.PARAMETERS,
                storage,
                new Source("corpus", ""),
                files);
    }
}
