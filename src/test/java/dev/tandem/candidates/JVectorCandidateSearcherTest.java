package dev.tandem.candidates;

import static dev.tandem.fixtures.VectorSets.dot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.fixtures.ManualClock;
import dev.tandem.fixtures.VectorSets;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.Memory;
import dev.tandem.indexing.GraphFixture;
import dev.tandem.indexing.VectorEncoding;
import dev.tandem.model.Candidate;
import dev.tandem.model.Candidates;
import dev.tandem.model.Deadline;
import dev.tandem.model.IndexException;
import io.github.jbellis.jvector.disk.MemorySegmentReader;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(Lifecycle.PER_CLASS)
class JVectorCandidateSearcherTest {
    private static final int SIZE = 2_000;
    private static final int DIMENSION = 384;
    private static final double OVERSAMPLING = 2;

    private final VectorSets sets = new VectorSets(DIMENSION, 3);
    private final List<float[]> vectors = sets.some(SIZE);
    private final List<float[]> queries = sets.some(50);

    @TempDir private static Path folder;

    /** How a graph lies on the mount, and what is held of it. */
    private enum Kind {
        WHOLE(VectorEncoding.FLOAT32, Memory.NORMAL),
        CODES(VectorEncoding.FLOAT32, Memory.NORMAL),
        FUSED(VectorEncoding.FLOAT32, Memory.LOW),
        FUSED_NVQ(VectorEncoding.NVQ, Memory.LOW);

        final VectorEncoding encoding;
        final Memory memory;

        Kind(VectorEncoding encoding, Memory memory) {
            this.encoding = encoding;
            this.memory = memory;
        }
    }

    @BeforeAll
    void build() throws IOException {
        GraphFixture.write(vectors, folder.resolve("WHOLE"));
        GraphFixture.writeLarge(vectors, VectorEncoding.FLOAT32, folder.resolve("FUSED"));
        GraphFixture.writeLarge(vectors, VectorEncoding.NVQ, folder.resolve("FUSED_NVQ"));
    }

    @ParameterizedTest
    @EnumSource
    void search_hundredCandidates_findsTheExactOnes(Kind kind) {
        try (var searcher = open(kind)) {
            int found = 0;
            for (float[] query : queries) {
                Set<Integer> exact = VectorSets.exact(vectors, query, 100, _ -> true);
                found += count(search(searcher, query, 100), exact);
            }

            assertThat(found / (100.0 * queries.size())).isGreaterThanOrEqualTo(0.98);
        }
    }

    @ParameterizedTest
    @EnumSource
    void search_anyQuery_comesBestFirstWithItsCosines(Kind kind) {
        float[] query = queries.getFirst();
        try (var searcher = open(kind)) {
            List<Candidate> candidates = search(searcher, query, 100);

            assertThat(candidates).hasSize(100).doesNotHaveDuplicates();
            assertThat(candidates)
                    .isSortedAccordingTo(
                            Comparator.comparingDouble(Candidate::similarity)
                                    .reversed()
                                    .thenComparingInt(Candidate::ordinal));
            double tolerance = kind.encoding == VectorEncoding.NVQ ? 5e-3 : 1e-5;
            for (Candidate hit : candidates) {
                assertThat((double) hit.similarity())
                        .isCloseTo(dot(query, vectors.get(hit.ordinal())), within(tolerance));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WHOLE", "FUSED"})
    void search_noLimits_findsWhatPlainJVectorFinds(Kind kind) throws IOException {
        try (var searcher = open(kind);
                var mapped = new MemorySegmentReader.Supplier(IndexLayout.graph(folder(kind)));
                var graph = OnDiskGraphIndex.load(mapped);
                var plain = new GraphSearcher(graph)) {
            for (float[] query : queries) {
                Candidates ours = searcher.search(query, 100, null, WalkLimits.NONE);
                var result = plain(plain, query);

                assertThat(ours.list().stream().map(Candidate::ordinal))
                        .containsExactlyInAnyOrderElementsOf(
                                Arrays.stream(result.getNodes()).map(n -> n.node).toList());
                assertThat(ours.walk().expanded()).isEqualTo(result.getExpandedCount());
                assertThat(ours.walk().complete()).isTrue();
            }
        }
    }

    private static io.github.jbellis.jvector.graph.SearchResult plain(
            GraphSearcher searcher, float[] query) {
        var vector =
                VectorizationProvider.getInstance().getVectorTypeSupport().createFloatVector(query);
        var similarity = VectorSimilarityFunction.DOT_PRODUCT;
        var view = (OnDiskGraphIndex.View) searcher.getView();
        boolean fused = hasCodes(view);
        var scores =
                fused
                        ? new DefaultSearchScoreProvider(
                                view.approximateScoreFunctionFor(vector, similarity),
                                view.rerankerFor(vector, similarity))
                        : new DefaultSearchScoreProvider(view.rerankerFor(vector, similarity));
        return searcher.search(scores, 100, 200, 0f, 0f, Bits.ALL);
    }

    private static boolean hasCodes(OnDiskGraphIndex.View view) {
        try {
            return view.featureReaderForNode(0, FeatureId.FUSED_PQ) != null;
        } catch (IOException | NullPointerException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void search_nodeBudget_endsThereAndSaysSo(Kind kind) {
        try (var searcher = open(kind)) {
            Candidates cut =
                    searcher.search(queries.getFirst(), 100, null, new WalkLimits(null, 5));

            assertThat(cut.walk().expanded()).isEqualTo(5);
            assertThat(cut.walk().complete()).isFalse();
            assertThat(cut.walk().visited()).isGreaterThan(30).isLessThanOrEqualTo(161);
            assertThat(cut.list()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void search_deadlineLongPast_isNeverEmpty(Kind kind) {
        var clock = new ManualClock();
        Deadline past = Deadline.after(Duration.ofMillis(-5), clock);
        try (var searcher = open(kind)) {
            Candidates cut =
                    searcher.search(
                            queries.getFirst(), 100, null, new WalkLimits(past, Integer.MAX_VALUE));

            assertThat(cut.walk().expanded()).isBetween(1, 256);
            // All of a small graph is in memory, and a walk there is a matter of microseconds.
            assertThat(cut.walk().complete()).isEqualTo(kind == Kind.WHOLE);
            assertThat(cut.list()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void search_storageNotYetKnownToBeFast_findsTheExactOnesInTime(Kind kind) {
        Deadline far = Deadline.after(Duration.ofHours(1));
        var limits = new WalkLimits(far, Integer.MAX_VALUE);
        int found = 0;
        for (float[] query : queries.subList(0, 10)) {
            // The first walk after opening reads ahead, and begins at a landmark.
            try (var searcher = open(kind)) {
                Candidates first = searcher.search(query, 100, null, limits);
                assertThat(first.walk().complete()).isTrue();
                found += count(first.list(), VectorSets.exact(vectors, query, 100, _ -> true));
            }
        }

        assertThat(found / 1_000.0).isGreaterThanOrEqualTo(0.98);
    }

    @ParameterizedTest
    @EnumSource
    void search_accepted_findsTheExactOnesAmongThem(Kind kind) {
        try (var searcher = open(kind)) {
            for (int every : new int[] {2, 10, 100, 1_000}) {
                BitSet accepted = new BitSet();
                IntStream.range(0, SIZE).filter(i -> i % every == 1).forEach(accepted::set);
                int found = 0;
                int of = 0;
                for (float[] query : queries) {
                    Set<Integer> exact = VectorSets.exact(vectors, query, 10, accepted::get);
                    List<Candidate> candidates =
                            searcher.search(query, 50, accepted, WalkLimits.NONE).list();
                    assertThat(candidates).allMatch(hit -> accepted.get(hit.ordinal()));
                    found += count(candidates, exact);
                    of += exact.size();
                }

                assertThat(found / (double) of).as("one in %d", every).isGreaterThan(0.98);
            }
        }
    }

    @Test
    void search_noneAccepted_findsNone() {
        try (var searcher = open(Kind.WHOLE)) {
            Candidates none =
                    searcher.search(vectors.getFirst(), 100, new BitSet(), WalkLimits.NONE);

            assertThat(none.list()).isEmpty();
            assertThat(none.walk().complete()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 1_000})
    void search_fewPassages_givesAtMostAllOfThem(int candidateCount) throws IOException {
        Path few = folder.resolve("few" + candidateCount);
        GraphFixture.write(vectors.subList(0, 3), few);
        try (var small = open(few, 3, DIMENSION)) {
            assertThat(search(small, vectors.get(1), candidateCount))
                    .hasSize(Math.min(3, candidateCount))
                    .first()
                    .extracting(Candidate::ordinal)
                    .isEqualTo(1);
        }
    }

    @Test
    void search_onePassage_findsIt() throws IOException {
        Path one = folder.resolve("one");
        GraphFixture.write(vectors.subList(0, 1), one);
        try (var small = open(one, 1, DIMENSION)) {
            assertThat(search(small, vectors.get(1), 10))
                    .extracting(Candidate::ordinal)
                    .containsExactly(0);
        }
    }

    @Test
    void search_equalSimilarities_comeInTheOrderOfTheirOrdinals() throws IOException {
        Path equal = folder.resolve("equal");
        GraphFixture.write(
                IntStream.range(0, 120).mapToObj(_ -> vectors.getFirst()).toList(), equal);
        try (var small = open(equal, 120, DIMENSION)) {
            assertThat(search(small, vectors.get(1), 120))
                    .extracting(Candidate::ordinal)
                    .containsExactlyElementsOf(IntStream.range(0, 120).boxed().toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void search_eightThreads_giveTheSameAsOne(Kind kind)
            throws InterruptedException, ExecutionException {
        try (var searcher = open(kind);
                var threads = Executors.newFixedThreadPool(8)) {
            List<List<Candidate>> alone =
                    queries.stream().map(query -> search(searcher, query, 50)).toList();
            List<Callable<List<Candidate>>> calls = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                queries.forEach(query -> calls.add(() -> search(searcher, query, 50)));
            }
            List<Future<List<Candidate>>> together = threads.invokeAll(calls);
            for (int i = 0; i < together.size(); i++) {
                assertThat(together.get(i).get()).isEqualTo(alone.get(i % queries.size()));
            }
        }
    }

    @Test
    void search_interruptedThread_leavesTheOthersTheFile() throws InterruptedException {
        try (var searcher = open(Kind.FUSED)) {
            List<Candidate> expected = search(searcher, queries.getFirst(), 100);
            Thread interrupted =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        Thread.currentThread().interrupt();
                                        assertThatThrownBy(() -> search(searcher, sets.one(), 100))
                                                .isInstanceOf(IndexException.class);
                                    });
            interrupted.join();

            assertThat(search(searcher, queries.getFirst(), 100)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1999, 384, the manifest says 1999 of 384",
        "2000, 768, the manifest says 2000 of 768"
    })
    void open_otherSizeOrDimension_isRefused(int size, int dimension, String difference) {
        Path whole = folder.resolve("WHOLE");
        assertThatThrownBy(() -> open(whole, size, dimension))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(IndexLayout.graph(whole).toString())
                .hasMessageContaining("holds 2000 vectors of dimension 384")
                .hasMessageContaining(difference);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.0001, 0.5, 0.99999})
    void open_truncatedGraph_isRefused(double kept) throws IOException {
        Path copy = copy(Kind.FUSED, "truncated" + kept);
        truncate(IndexLayout.graph(copy), kept);

        assertThatThrownBy(() -> open(copy, SIZE, DIMENSION))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(IndexLayout.graph(copy).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"graph.checksums", "graph.hot", "codes.pq"})
    void open_otherFileIsTruncatedForeignNewOrOld_isRefusedEachInItsWords(String name)
            throws IOException {
        assertRefused(name, bytes -> Arrays.copyOf(bytes, bytes.length / 2), "is damaged");
        assertRefused(name, bytes -> Arrays.copyOf(bytes, 9), "is truncated");
        assertRefused(
                name,
                bytes -> "no such file of ours".getBytes(StandardCharsets.UTF_8),
                "it is no such file");
        assertRefused(name, bytes -> with(bytes, 11, 9), "Use a newer Tandem");
        assertRefused(name, bytes -> with(bytes, 11, 0), "Build the index again");
    }

    private interface Change {
        byte[] of(byte[] bytes);
    }

    private void assertRefused(String name, Change change, String words) throws IOException {
        Path copy = copy(Kind.FUSED, "changed");
        Path file = copy.resolve(name);
        Files.write(file, change.of(Files.readAllBytes(file)));
        assertThatThrownBy(() -> open(copy, SIZE, DIMENSION).closeFetched())
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(words);
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        return bytes;
    }

    @Test
    void search_flippedBytes_neverGiveAnotherAnswer() throws IOException {
        var random = new Random(5);
        List<List<Candidate>> expected;
        try (var searcher = open(Kind.FUSED)) {
            expected = queries.stream().map(query -> search(searcher, query, 100)).toList();
        }
        int refused = 0;
        for (int i = 0; i < 60; i++) {
            Path copy = copy(Kind.FUSED, "flipped");
            Path graph = IndexLayout.graph(copy);
            byte[] bytes = Files.readAllBytes(graph);
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(graph, bytes);
            refused += assertSameOrRefused(copy, graph, expected);
        }

        assertThat(refused).isPositive();
    }

    private int assertSameOrRefused(Path copy, Path graph, List<List<Candidate>> expected) {
        try (var searcher = open(copy, SIZE, DIMENSION)) {
            for (int q = 0; q < queries.size(); q++) {
                assertThat(search(searcher, queries.get(q), 100)).isEqualTo(expected.get(q));
            }
            return 0;
        } catch (IndexException e) {
            assertThat(e.getMessage()).contains(graph.toString());
            return 1;
        }
    }

    @Test
    void search_fileTruncatedWhileItIsOpen_isAnErrorAndNotTheEnd() throws IOException {
        Path copy = copy(Kind.FUSED, "shrinking");
        try (var searcher = open(copy, SIZE, DIMENSION)) {
            search(searcher, queries.getFirst(), 100);
            truncate(IndexLayout.graph(copy), 0.2);

            assertThatThrownBy(() -> queries.forEach(query -> search(searcher, query, 100)))
                    .isInstanceOf(IndexException.class)
                    .hasMessageContaining(IndexLayout.graph(copy).toString());
        }
    }

    @Test
    void open_textFile_isRefused() throws IOException {
        Path copy = copy(Kind.WHOLE, "text");
        Path text = Files.writeString(IndexLayout.graph(copy), "no graph ".repeat(1_000));

        assertThatThrownBy(() -> open(copy, SIZE, DIMENSION))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(text.toString());
    }

    @Test
    void open_missingFile_isRefused() {
        Path absent = folder.resolve("absent");

        assertThatThrownBy(() -> open(absent, SIZE, DIMENSION))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(absent.toString());
    }

    private static Path folder(Kind kind) {
        return folder.resolve(kind == Kind.CODES ? "FUSED" : kind.name());
    }

    private static JVectorCandidateSearcher open(Kind kind) {
        var searcher =
                JVectorCandidateSearcher.open(
                        folder(kind), SIZE, DIMENSION, OVERSAMPLING, kind.memory);
        searcher.awaitFetched();
        return searcher;
    }

    private static JVectorCandidateSearcher open(Path generation, int size, int dimension) {
        return JVectorCandidateSearcher.open(
                generation, size, dimension, OVERSAMPLING, Memory.NORMAL);
    }

    private static List<Candidate> search(
            CandidateSearcher searcher, float[] query, int candidateCount) {
        return searcher.search(query, candidateCount, null, WalkLimits.NONE).list();
    }

    private static int count(List<Candidate> candidates, Set<Integer> exact) {
        return (int) candidates.stream().filter(hit -> exact.contains(hit.ordinal())).count();
    }

    private static Path copy(Kind kind, String name) throws IOException {
        Path copy = folder.resolve(name);
        Files.createDirectories(copy);
        try (var files = Files.list(folder(kind))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        return copy;
    }

    private static void truncate(Path file, double kept) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate((long) (channel.size() * kept));
        }
    }
}
