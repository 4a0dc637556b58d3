package dev.tandem.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.HubServer;
import dev.tandem.fixtures.HubServer.Request;
import dev.tandem.fixtures.RealModels;
import dev.tandem.hub.ModelPull.Patience;
import dev.tandem.hub.ModelPull.Pulled;
import dev.tandem.hub.ModelPull.Wanted;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.CardFile;
import dev.tandem.onnx.CpuFeatures;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls of the shipped cross-encoder from a hub on this machine. */
class ModelPullTest {

    private static final Path SHIPPED = RealModels.FOLDER.resolve(RealModels.CROSS_ENCODER);
    private static final byte[] GRAPH = HubServer.bytes(SHIPPED.resolve("model_quantized.onnx"));
    private static final byte[] TOKENIZER = HubServer.bytes(SHIPPED.resolve("tokenizer.json"));
    private static final String GRAPH_PATH = "onnx/model_quantized.onnx";
    private static final CpuFeatures VNNI =
            new CpuFeatures("x86_64", List.of("avx2", "avx512f", "avx512_vnni"));
    private static final Patience SHORT =
            new Patience(Duration.ofSeconds(2), Duration.ofMillis(10));
    private static final String CONFIG =
            "{\"architectures\": [\"BertForSequenceClassification\"], \"max_position_embeddings\": 512}";

    @TempDir private Path models;
    private final HubServer hub =
            HubServer.start()
                    .small("README.md", "---\nlicense: apache-2.0\n---\n")
                    .small("config.json", CONFIG)
                    .small("tokenizer_config.json", "{\"model_max_length\": 256}")
                    .small("model.safetensors.index.json", "{}")
                    .small("tokenizer.json", TOKENIZER)
                    .large(GRAPH_PATH, GRAPH);
    private final List<String> said = new ArrayList<>();
    private Path target = Path.of("");

    @BeforeEach
    void name() {
        target = models.resolve("some-model");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void run_aModel_bringsItWithACardAndNothingElse() throws IOException {
        Pulled pulled = pull();

        assertThat(pulled.already()).isFalse();
        assertThat(filesUnder(models))
                .containsExactly(
                        "some-model/README.md",
                        "some-model/config.json",
                        "some-model/model.json",
                        "some-model/" + GRAPH_PATH,
                        "some-model/tokenizer.json",
                        "some-model/tokenizer_config.json");
        assertThat(target.resolve(GRAPH_PATH)).hasBinaryContent(GRAPH);
        ModelCard card = CardFile.read(target);
        assertThat(card.source()).isEqualTo(HubServer.ID + " at " + HubServer.COMMIT);
        assertThat(card.licence()).isEqualTo("apache-2.0");
        assertThat(card.model()).isEqualTo(GRAPH_PATH);
        assertThat(card.maxSequenceLength()).isEqualTo(256);
        assertThat(card.sha256())
                .containsEntry(GRAPH_PATH, HubServer.hash("SHA-256", GRAPH))
                .containsEntry("tokenizer.json", HubServer.hash("SHA-256", TOKENIZER));
        assertThat(card.pooling()).isNull();
        ModelFolder.open(models, "some-model").verify();
    }

    @Test
    void run_again_isThereAlreadyAndFetchesNothing() {
        pull();
        hub.requests().clear();

        assertThat(pull().already()).isTrue();
        assertThat(hub.requests()).noneMatch(request -> request.path().contains("/resolve/"));
    }

    @Test
    void run_somethingElseInItsPlace_isRefusedAndLeavesIt() throws IOException {
        Files.createDirectories(target);
        Path mine = Files.writeString(target.resolve("mine.txt"), "mine");

        assertThatPull()
                .hasMessageContaining(target + " is there already")
                .hasMessageContaining("--to");
        assertThat(mine).hasContent("mine");
    }

    @Test
    void run_connectionCutOnce_goesOnWhereItEnded() {
        hub.cutOnceAfter(GRAPH.length / 2);

        pull();

        assertThat(ofStore()).hasSize(2);
        assertThat(ofStore().getFirst().range()).isNull();
        assertThat(ofStore().getLast().range()).matches("bytes=[1-9][0-9]+-");
        assertThat(ofStore().getLast().ifRange()).isEqualTo("\"v1\"");
        assertThat(target.resolve(GRAPH_PATH)).hasBinaryContent(GRAPH);
        assertThat(said).anyMatch(line -> line.contains("tried again"));
    }

    @Test
    void run_afterOneThatEndedInTheMiddle_fetchesTheRest() throws IOException {
        endInTheMiddle();
        long had = Files.size(part());

        pull();

        assertThat(had).isPositive().isLessThan(GRAPH.length);
        assertThat(ofStore()).extracting(Request::range).containsExactly("bytes=" + had + "-");
        assertThat(target.resolve(GRAPH_PATH)).hasBinaryContent(GRAPH);
        assertThat(models.resolve(".some-model.pull")).doesNotExist();
    }

    @Test
    void run_storeHasAnotherVersionSinceTheCut_beginsAnew() {
        endInTheMiddle();
        hub.version("\"v2\"");

        pull();

        assertThat(ofStore()).extracting(Request::ifRange).containsExactly("\"v1\"");
        assertThat(target.resolve(GRAPH_PATH)).hasBinaryContent(GRAPH);
    }

    @Test
    void run_fileChangedOnTheHubSinceTheCut_partIsNotGoneOnWith() {
        endInTheMiddle();
        byte[] changed = GRAPH.clone();
        changed[0] ^= 1;
        hub.large(GRAPH_PATH, changed);

        pull();

        assertThat(ofStore()).extracting(Request::range).containsOnlyNulls();
        assertThat(target.resolve(GRAPH_PATH)).hasBinaryContent(changed);
    }

    @Test
    void run_partDamagedOnTheDisk_fetchesItAnewByItself() throws IOException {
        endInTheMiddle();
        try (var part = new RandomAccessFile(part().toFile(), "rw")) {
            part.seek(10);
            int before = part.read();
            part.seek(10);
            part.write(before ^ 1);
        }

        pull();

        assertThat(target.resolve(GRAPH_PATH)).hasBinaryContent(GRAPH);
        assertThat(said).anyMatch(line -> line.contains("does not fit, fetched anew"));
    }

    @ParameterizedTest
    @ValueSource(strings = {GRAPH_PATH, "tokenizer.json"})
    void run_otherBytesOnTheWay_isRefusedWithBothChecksums(String path) throws IOException {
        hub.corrupt(path);

        assertThatPull()
                .hasMessageContaining(path)
                .hasMessageContaining("expected ")
                .hasMessageContaining("thrown away");
        assertThat(target).doesNotExist();
        assertThat(filesUnder(models)).noneMatch(file -> file.endsWith(".part"));
    }

    @Test
    void run_redirectToAnotherFileThanListed_isRefusedBeforeItComes() {
        hub.link("f".repeat(64));

        assertThatPull()
                .hasMessageContaining("changed on the hub meanwhile")
                .hasMessageContaining("f".repeat(64));
        assertThat(ofStore()).isEmpty();
    }

    @Test
    void run_nothingMoreComes_givesUpAndSaysSo() {
        hub.stall();

        assertThatPull()
                .hasMessageContaining("no byte came for 2 s")
                .hasMessageContaining("goes on");
        assertThat(target).doesNotExist();
    }

    @Test
    void run_withAToken_givesItToTheHubAlone() {
        new ModelPull(access("secret"), VNNI, progress(), SHORT).run(wanted(null));

        assertThat(hub.requests().stream().filter(request -> !request.ofStore()))
                .extracting(Request::authorization)
                .hasSizeGreaterThan(5)
                .containsOnly("Bearer secret");
        assertThat(ofStore()).hasSize(1).extracting(Request::authorization).containsOnlyNulls();
        assertThat(access("secret").toString()).doesNotContain("secret");
    }

    @Test
    void run_dataBesideTheGraph_comesAlong() {
        byte[] weights = {1, 2, 3};
        hub.large(GRAPH_PATH + "_data", weights);

        pull();

        assertThat(target.resolve(GRAPH_PATH + "_data")).hasBinaryContent(weights);
        assertThat(CardFile.read(target).sha256())
                .containsEntry(GRAPH_PATH + "_data", HubServer.hash("SHA-256", weights));
    }

    @Test
    void run_fileAskedFor_isTaken() {
        hub.large("onnx/model_O4.onnx", GRAPH);

        Pulled pulled =
                new ModelPull(access(null), VNNI, progress(), SHORT)
                        .run(wanted("onnx/model_O4.onnx"));

        assertThat(pulled.card().model()).isEqualTo("onnx/model_O4.onnx");
        assertThat(target.resolve(GRAPH_PATH)).doesNotExist();
    }

    @Test
    void run_fileThatIsNot_namesThoseThatAre() {
        assertThatThrownBy(
                        () ->
                                new ModelPull(access(null), VNNI, progress(), SHORT)
                                        .run(wanted("onnx/none.onnx")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("--file")
                .hasMessageContaining("onnx/none.onnx")
                .hasMessageContaining(GRAPH_PATH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    401 | RepoNotFound     |        | There is no public model of that name
                    401 | RepoNotFound     | secret | The token in HF_TOKEN is not accepted
                    401 | GatedRepo        |        | It is gated. Accept its terms at
                    403 | GatedRepo        | secret | It is gated, and the account of HF_TOKEN has no access
                    403 |                  | secret | may not read it
                    404 | RepoNotFound     |        | There is no model of that name
                    404 | RevisionNotFound |        | The model has no revision main
                    429 |                  |        | Too many requests without a token. Wait 120 s
                    """)
    void run_refused_saysWhyAndWhatToDo(
            int status, @Nullable String code, @Nullable String token, String advice) {
        hub.refuse(
                status,
                code == null
                        ? Map.of("Retry-After", "120")
                        : Map.of("X-Error-Code", code, "X-Error-Message", "No."),
                "");

        assertThatThrownBy(
                        () ->
                                new ModelPull(access(token), VNNI, progress(), SHORT)
                                        .run(wanted(null)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(HubServer.ID + " at main")
                .hasMessageContaining("HTTP status " + status)
                .hasMessageContaining(advice);
        assertThat(hub.requests()).hasSize(1);
        assertThat(models).isEmptyDirectory();
    }

    @Test
    void run_tooManyRequestsForAMoment_waitsAsLongAsAsked() {
        hub.refuse(429, Map.of("Retry-After", "1"), "slow down");
        long began = System.nanoTime();

        pull();

        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isGreaterThan(Duration.ofSeconds(1));
        assertThat(said).anyMatch(line -> line.contains("429") && line.contains("1.0 s"));
    }

    @Test
    void run_serverErrors_areTriedAgainAndThenTold() {
        for (int i = 0; i < 4; i++) {
            hub.refuse(503, Map.of(), "down");
        }

        assertThatPull()
                .hasMessageContaining("HTTP status 503: down")
                .hasMessageContaining("later");
        assertThat(hub.requests()).hasSize(4);
    }

    @Test
    void run_nobodyListens_saysHowToGetOut() {
        hub.close();

        assertThatPull()
                .hasMessageContaining(hub.endpoint())
                .hasMessageContaining("HF_ENDPOINT")
                .hasMessageContaining("proxy");
    }

    @Test
    void run_diskFull_saysHowMuchIsMissing() throws IOException {
        Path parts = Files.createDirectories(models.resolve(".some-model.pull").resolve("parts"));
        String sha256 = HubServer.hash("SHA-256", GRAPH);
        Files.createSymbolicLink(parts.resolve(sha256 + ".part"), Path.of("/dev/full"));

        assertThatPull()
                .hasMessageContaining("is full")
                .hasMessageContaining("are still to come")
                .hasMessageContaining("--to");
        assertThat(target).doesNotExist();
    }

    @Test
    void run_beside_anotherPull_isRefused() throws IOException {
        Path lock = models.resolve(".some-model.pull").resolve("lock");
        Files.createDirectories(lock.getParent());
        try (var file = new RandomAccessFile(lock.toFile(), "rw");
                var _ = file.getChannel().lock()) {
            assertThatPull().hasMessageContaining("Another pull is writing");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b/c", "../x", "a b", "a/..", "https://huggingface.co/a/b"})
    void repo_idThatIsNone_isRefused(String id) {
        assertThatThrownBy(() -> new HubRepo(id, "main"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("expected OWNER/NAME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"huggingface.co", "ftp://x", "http://", "http://h ost"})
    void access_endpointThatIsNone_isRefused(String endpoint) {
        assertThatThrownBy(() -> HubAccess.of(Optional.of(endpoint), Optional.empty()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("HF_ENDPOINT: got " + endpoint);
    }

    private Pulled pull() {
        return new ModelPull(access(null), VNNI, progress(), SHORT).run(wanted(null));
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatPull() {
        return assertThatThrownBy(this::pull).isInstanceOf(ModelException.class);
    }

    /** A pull that ends in the middle of the graph. */
    private void endInTheMiddle() {
        hub.breakAfter(GRAPH.length / 2);
        assertThatPull()
                .hasMessageContaining(GRAPH_PATH)
                .hasMessageContaining("HTTP status 403: AccessDenied")
                .hasMessageContaining("run the same command again");
        assertThat(target).doesNotExist();
        hub.mend();
        hub.requests().clear();
    }

    private Wanted wanted(@Nullable String file) {
        return new Wanted(new HubRepo(HubServer.ID, "main"), file, target);
    }

    private HubAccess access(@Nullable String token) {
        return HubAccess.of(Optional.of(hub.endpoint() + "/"), Optional.ofNullable(token));
    }

    private List<Request> ofStore() {
        return hub.requests().stream().filter(Request::ofStore).toList();
    }

    private Path part() {
        return models.resolve(".some-model.pull")
                .resolve("parts")
                .resolve(HubServer.hash("SHA-256", GRAPH) + ".part");
    }

    private PullProgress progress() {
        return new PullProgress() {
            @Override
            public void begins(String path, long size) {
                said.add(path);
            }

            @Override
            public void at(long bytes) {}

            @Override
            public void ends() {}

            @Override
            public void says(String line) {
                said.add(line);
            }
        };
    }

    private static List<String> filesUnder(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
