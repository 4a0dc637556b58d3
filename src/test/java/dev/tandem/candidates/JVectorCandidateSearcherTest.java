package dev.tandem.candidates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.indexing.GraphFixture;
import dev.tandem.model.Candidate;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(Lifecycle.PER_CLASS)
class JVectorCandidateSearcherTest {
    private static final int SIZE = 2_000;
    private static final int DIMENSION = 384;
    private static final int CLUSTERS = 40;
    private static final double OVERSAMPLING = 1.5;

    private final Random random = new Random(3);
    private final List<float[]> centres = randomVectors(CLUSTERS);
    private final List<float[]> vectors = clustered(SIZE);

    @TempDir private static Path folder;
    private Path file;
    private JVectorCandidateSearcher searcher;

    @BeforeAll
    void build() throws IOException {
        file = folder.resolve("graph.jvector");
        GraphFixture.write(vectors, file);
        searcher = JVectorCandidateSearcher.open(file, SIZE, DIMENSION, OVERSAMPLING);
    }

    @AfterAll
    void close() {
        searcher.close();
    }

    @Test
    void search_hundredCandidates_findsTheExactOnes() {
        int found = 0;
        List<float[]> queries = clustered(50);
        for (float[] query : queries) {
            Set<Integer> exact = exact(query, 100);
            found +=
                    (int)
                            searcher.search(query, 100).stream()
                                    .filter(hit -> exact.contains(hit.ordinal()))
                                    .count();
        }

        assertThat(found / (100.0 * queries.size())).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void search_anyQuery_comesBestFirstWithItsCosines() {
        float[] query = clustered(1).getFirst();

        List<Candidate> candidates = searcher.search(query, 100);

        assertThat(candidates).hasSize(100).doesNotHaveDuplicates();
        assertThat(candidates)
                .isSortedAccordingTo(
                        Comparator.comparingDouble(Candidate::similarity)
                                .reversed()
                                .thenComparingInt(Candidate::ordinal));
        for (Candidate hit : candidates) {
            assertThat((double) hit.similarity())
                    .isCloseTo(dot(query, vectors.get(hit.ordinal())), within(1e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 1_000})
    void search_fewPassages_givesAtMostAllOfThem(int candidateCount) throws IOException {
        Path few = folder.resolve("few" + candidateCount);
        GraphFixture.write(vectors.subList(0, 3), few);
        try (var small = JVectorCandidateSearcher.open(few, 3, DIMENSION, OVERSAMPLING)) {
            assertThat(small.search(vectors.get(1), candidateCount))
                    .hasSize(Math.min(3, candidateCount))
                    .first()
                    .extracting(Candidate::ordinal)
                    .isEqualTo(1);
        }
    }

    @Test
    void search_accepted_findsNoOther() {
        var accepted = new BitSet();
        IntStream.range(0, SIZE).filter(i -> i % 3 == 0).forEach(accepted::set);

        List<Candidate> candidates = searcher.search(vectors.get(3), 100, accepted);

        assertThat(candidates).hasSize(100).allMatch(hit -> hit.ordinal() % 3 == 0);
        assertThat(candidates.getFirst().ordinal()).isEqualTo(3);
    }

    @Test
    void search_noneAccepted_findsNone() {
        assertThat(searcher.search(vectors.getFirst(), 100, new BitSet())).isEmpty();
    }

    @Test
    void search_onePassage_findsIt() throws IOException {
        Path one = folder.resolve("one");
        GraphFixture.write(vectors.subList(0, 1), one);
        try (var small = JVectorCandidateSearcher.open(one, 1, DIMENSION, OVERSAMPLING)) {
            assertThat(small.search(vectors.get(1), 10))
                    .extracting(Candidate::ordinal)
                    .containsExactly(0);
        }
    }

    @Test
    void search_equalSimilarities_comeInTheOrderOfTheirOrdinals() throws IOException {
        Path equal = folder.resolve("equal");
        GraphFixture.write(
                IntStream.range(0, 20).mapToObj(_ -> vectors.getFirst()).toList(), equal);
        try (var small = JVectorCandidateSearcher.open(equal, 20, DIMENSION, OVERSAMPLING)) {
            assertThat(small.search(vectors.get(1), 20))
                    .extracting(Candidate::ordinal)
                    .containsExactlyElementsOf(IntStream.range(0, 20).boxed().toList());
        }
    }

    @Test
    void search_eightThreads_giveTheSameAsOne() throws InterruptedException, ExecutionException {
        List<float[]> queries = clustered(40);
        List<List<Candidate>> alone = queries.stream().map(q -> searcher.search(q, 50)).toList();
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<List<Candidate>>> calls = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                queries.forEach(query -> calls.add(() -> searcher.search(query, 50)));
            }
            List<Future<List<Candidate>>> together = threads.invokeAll(calls);
            for (int i = 0; i < together.size(); i++) {
                assertThat(together.get(i).get()).isEqualTo(alone.get(i % queries.size()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1999, 384, the manifest says 1999 of 384",
        "2000, 768, the manifest says 2000 of 768"
    })
    void open_otherSizeOrDimension_isRefused(int size, int dimension, String difference) {
        assertThatThrownBy(() -> JVectorCandidateSearcher.open(file, size, dimension, OVERSAMPLING))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("holds 2000 vectors of dimension 384")
                .hasMessageContaining(difference);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.0001, 0.5, 0.99999})
    void open_truncatedGraph_isRefused(double kept) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Path truncated = folder.resolve("truncated" + kept);
        Files.write(truncated, Arrays.copyOf(whole, (int) (whole.length * kept)));

        assertThatThrownBy(
                        () ->
                                JVectorCandidateSearcher.open(
                                        truncated, SIZE, DIMENSION, OVERSAMPLING))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(truncated.toString());
    }

    @Test
    void open_textFile_isRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "no graph ".repeat(1_000));

        assertThatThrownBy(() -> JVectorCandidateSearcher.open(text, SIZE, DIMENSION, OVERSAMPLING))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(text.toString());
    }

    @Test
    void open_missingFile_isRefused() {
        Path absent = folder.resolve("absent");

        assertThatThrownBy(
                        () -> JVectorCandidateSearcher.open(absent, SIZE, DIMENSION, OVERSAMPLING))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining(absent.toString());
    }

    private Set<Integer> exact(float[] query, int count) {
        return IntStream.range(0, SIZE)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -dot(query, vectors.get(i))))
                .limit(count)
                .collect(Collectors.toSet());
    }

    /** Unit vectors round {@link #CLUSTERS} centres, as texts on so many subjects give. */
    private List<float[]> clustered(int count) {
        return randomVectors(count).stream()
                .map(noise -> unit(sum(centres.get(random.nextInt(CLUSTERS)), noise)))
                .toList();
    }

    private List<float[]> randomVectors(int count) {
        return IntStream.range(0, count).mapToObj(_ -> unit(gaussian())).toList();
    }

    private float[] gaussian() {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static float[] sum(float[] a, float[] b) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    private static float[] unit(float[] vector) {
        float[] unit = vector.clone();
        float norm = (float) Math.sqrt(dot(vector, vector));
        for (int i = 0; i < unit.length; i++) {
            unit[i] /= norm;
        }
        return unit;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
