package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.fixtures.CommandProcess;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.Memory;
import dev.tandem.index.PassageStore;
import dev.tandem.model.Candidate;
import dev.tandem.model.IndexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Builds that end before they publish, and go on afterwards. */
@Timeout(120)
class ResumedBuildTest {
    private static final int PASSAGES = 1_000;
    private static final int DIMENSION = 384;
    private static final int CHECKPOINT_MILLIS = 50;

    /** Twelve passages, and a line that is left out, and told of, when all others are read. */
    private static final String CORPUS = SmallIndex.CORPUS + "{broken\n";

    private static final Pattern RESUMED =
            Pattern.compile("Resuming: ([0-9,]+) passages are encoded already");

    private final List<String> told = new ArrayList<>();

    @TempDir private Path folder;
    private Path corpus;
    private Path index;

    @BeforeEach
    void write() throws IOException {
        corpus = Files.writeString(folder.resolve("corpus.jsonl"), CORPUS);
        index = folder.resolve("index");
    }

    @Test
    void resume_killedWhileEncoding_encodesOnlyWhatIsMissing()
            throws IOException, InterruptedException {
        writeNumbered();
        Path building = kill(at -> hasSome(at.resolve("passages"), "segments_"));
        float[] marked = negateFirst(IndexLayout.work(building).resolve("vectors.f32"));

        Generation built = resume();

        assertThat(alreadyEncoded()).isBetween(1, PASSAGES - 1);
        assertBuilt(built, building);
        // The first vector was not made again: it is the one that was put in its place.
        assertThat(nearest(built, marked).ordinal()).isZero();
        assertThat(nearest(built, marked).similarity()).isGreaterThan(0.999f);
    }

    @Test
    void resume_killedInTheGraph_encodesNothing() throws IOException, InterruptedException {
        writeNumbered();
        Path building = kill(at -> Files.exists(IndexLayout.work(at).resolve("graph.lists")));

        Generation built = resume();

        assertThat(alreadyEncoded()).isEqualTo(PASSAGES);
        assertBuilt(built, building);
    }

    @Test
    void resume_noStoppedBuild_saysSoAndBuilds() {
        Generation built = resume();

        assertThat(told).contains("There is no build to resume: this one begins anew.");
        assertThat(built.manifest().passages()).isEqualTo(12);
    }

    @Test
    void resume_otherCorpus_isRefusedAndTheStoppedBuildStays() throws IOException {
        Path building = stopInTheGraph();
        Files.writeString(corpus, CORPUS.replace("Paris", "Lyon"));

        assertThatThrownBy(this::resume)
                .isInstanceOf(IndexException.class)
                .hasMessage(
                        "Cannot resume: the corpus changed since the build was stopped. Start"
                                + " without --resume.");

        Files.writeString(corpus, CORPUS);
        assertGoesOn(building);
    }

    @Test
    void resume_otherVectors_isRefusedAndTheStoppedBuildStays() throws IOException {
        Path building = stopInTheGraph();

        assertThatThrownBy(() -> build(VectorEncoding.NVQ, true, told::add))
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("Cannot resume: --vectors changed");

        assertGoesOn(building);
    }

    @Test
    void resume_tornIdentity_isRefusedByName() throws IOException {
        Path file = IndexLayout.work(stopInTheGraph()).resolve("build.json");
        Files.writeString(file, Files.readString(file).substring(0, 40));

        assertThatThrownBy(this::resume)
                .isInstanceOf(IndexException.class)
                .hasMessageContaining("Cannot resume: " + file + " is damaged")
                .hasMessageContaining("Start without --resume");
    }

    @Test
    void build_badInput_leavesNothingToResume() {
        var stops = new BuildOptions(OnError.STOP, 2, VectorEncoding.FLOAT32, null, false);

        assertThatThrownBy(() -> SmallIndex.builder(told::add).build(corpus, index, stops))
                .isInstanceOf(IndexException.class);

        assertThat(generations()).isEmpty();
    }

    @Test
    void build_storageFails_staysToBeResumed() {
        stopWhileReading(new UncheckedIOException(new IOException("No space left on device")));
    }

    @Test
    void build_fails_staysToBeResumed() {
        // As of a model, or of a mapped file that the disk has no room for.
        stopWhileReading(new IllegalStateException("It could not be done."));
    }

    @Test
    void resume_killedWhenItsWorkWasGone_beginsAnew() throws IOException {
        Path building = stopInTheGraph();
        Files.move(IndexLayout.work(building), folder.resolve("gone"));

        Generation built = resume();

        assertThat(told).contains("There is no build to resume: this one begins anew.");
        assertThat(built.manifest().passages()).isEqualTo(12);
        assertThat(built.damage()).isEmpty();
        assertThat(generations()).containsExactly(built.id());
    }

    @Test
    void build_published_hasNothingThatOnlyTheBuildNeeded() {
        assertThat(resume().unexpected()).isEmpty();
    }

    /** A line that is left out is told of, and there the build ends. */
    private void stopWhileReading(RuntimeException failure) {
        assertThatThrownBy(
                        () ->
                                build(
                                        VectorEncoding.FLOAT32,
                                        false,
                                        _ -> {
                                            throw failure;
                                        }))
                .isSameAs(failure);
        List<String> left = generations();

        Generation built = resume();

        assertThat(left).containsExactly(built.id() + ".building");
        assertThat(built.manifest().passages()).isEqualTo(12);
        assertThat(built.damage()).isEmpty();
    }

    /** Ends when everything is encoded: a folder lies where the graph's file is to be. */
    private Path stopInTheGraph() throws IOException {
        Consumer<String> blocks =
                _ -> assertThat(obstacle().toFile().mkdirs() || Files.exists(obstacle())).isTrue();
        assertThatThrownBy(() -> build(VectorEncoding.FLOAT32, false, blocks))
                .isInstanceOf(UncheckedIOException.class);
        Path obstacle = obstacle();
        Files.delete(obstacle);
        Files.delete(obstacle.getParent());
        return onlyGeneration();
    }

    private Path obstacle() {
        return IndexLayout.graph(onlyGeneration()).resolve("in the way");
    }

    private void assertGoesOn(Path building) {
        told.clear();
        Generation built = resume();

        assertThat(alreadyEncoded()).isEqualTo(12);
        assertThat(building.getFileName()).hasToString(built.id() + ".building");
        assertThat(built.damage()).isEmpty();
    }

    private void writeNumbered() throws IOException {
        Files.writeString(
                corpus,
                IntStream.range(0, PASSAGES)
                        .mapToObj("{\"_id\": \"p%1$d\", \"text\": \"number %1$d\"}%n"::formatted)
                        .collect(Collectors.joining()));
    }

    /** Starts a build in a JVM of its own, and kills it when its folder has come so far. */
    private Path kill(Predicate<Path> moment) throws IOException, InterruptedException {
        try (var build =
                CommandProcess.start(
                        folder.resolve("log"),
                        CHECKPOINT_MILLIS,
                        "index",
                        "build",
                        "--input",
                        corpus.toString(),
                        "--index",
                        index.toString())) {
            build.await(() -> !generations().isEmpty() && moment.test(onlyGeneration()));
            build.kill();
        }
        Path left = onlyGeneration();
        assertThat(left.toString()).endsWith(".building");
        return left;
    }

    private static boolean hasSome(Path folder, String prefix) {
        String[] names = folder.toFile().list();
        return names != null && Arrays.stream(names).anyMatch(name -> name.startsWith(prefix));
    }

    /** Turns the first vector round. @return what it is then */
    private static float[] negateFirst(Path vectors) throws IOException {
        try (var channel =
                FileChannel.open(vectors, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer row =
                    ByteBuffer.allocate(DIMENSION * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(row, 0);
            float[] negated = new float[DIMENSION];
            for (int i = 0; i < DIMENSION; i++) {
                negated[i] = -row.getFloat(i * Float.BYTES);
                row.putFloat(i * Float.BYTES, negated[i]);
            }
            channel.write(row.clear(), 0);
            return negated;
        }
    }

    private static Candidate nearest(Generation built, float[] query) {
        IndexManifest manifest = built.manifest();
        try (var searcher =
                JVectorCandidateSearcher.open(
                        built.folder(), manifest.passages(), DIMENSION, 2, Memory.NORMAL)) {
            return searcher.search(query, 10, null, WalkLimits.NONE).list().getFirst();
        }
    }

    /** As an unbroken build would have left it, in the folder that was begun. */
    private void assertBuilt(Generation built, Path building) {
        assertThat(building.getFileName()).hasToString(built.id() + ".building");
        assertThat(new IndexFolder(index).current()).isEqualTo(built);
        assertThat(built.manifest().passages()).isEqualTo(PASSAGES);
        assertThat(built.damage()).isEmpty();
        assertThat(built.unexpected()).isEmpty();
        try (var store = PassageStore.open(built)) {
            store.verify();
            for (int ordinal = 0; ordinal < PASSAGES; ordinal++) {
                assertThat(store.passage(ordinal).id()).isEqualTo("p" + ordinal);
            }
        }
    }

    private int alreadyEncoded() {
        return told.stream()
                .flatMap(line -> RESUMED.matcher(line).results())
                .mapToInt(match -> Integer.parseInt(match.group(1).replace(",", "")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(told.toString()));
    }

    private Generation resume() {
        return build(VectorEncoding.FLOAT32, true, told::add);
    }

    private Generation build(VectorEncoding vectors, boolean resume, Consumer<String> tell) {
        var options = new BuildOptions(OnError.SKIP, 2, vectors, null, resume);
        return SmallIndex.builder(tell).build(corpus, index, options);
    }

    private Path onlyGeneration() {
        return index.resolve("generations").resolve(generations().getFirst());
    }

    private List<String> generations() {
        String[] names = index.resolve("generations").toFile().list();
        return names == null ? List.of() : List.of(names);
    }
}
