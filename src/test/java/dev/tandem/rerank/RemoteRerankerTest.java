package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.Costs;
import dev.tandem.fixtures.CrossEncoderStub;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.RerankServer;
import dev.tandem.fixtures.RerankServer.Mode;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Deadline;
import dev.tandem.model.ModelException;
import dev.tandem.model.RemoteUse;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.Outcome.Scored;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A remote over real HTTP, beside a local model that takes its time. */
@Timeout(60)
class RemoteRerankerTest {
    private static final String QUERY = "How many people live in Berlin?";
    private static final int COUNT = 24;
    private static final int BATCH = 4;
    private static final Duration RUN = Duration.ofMillis(40);
    private static final Duration LONG_RUN = Duration.ofMillis(300);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Deadline NEVER = Deadline.after(Duration.ofDays(1));
    private static final List<String> TEXTS =
            IntStream.range(0, COUNT)
                    .mapToObj("District %d of Berlin has people who like tea."::formatted)
                    .toList();
    private static final List<Float> LOGITS =
            TEXTS.stream().map(text -> RerankServer.realLogit(QUERY, text)).toList();

    private final DeadlineTimer timer = DeadlineTimer.start();
    private final RerankServer server = RerankServer.ofTheRealModel();
    private final TextTokenizer tokenizer = RealModels.pairTokenizer();
    private final RemoteReranker remote = open(server);

    /** The real model, slowed down. */
    private static final class Slow extends CrossEncoderStub {
        private final Duration run;

        Slow(Duration run) {
            super(Costs.everyRun(run, System::nanoTime));
            this.run = run;
        }

        @Override
        public float[] logits(List<ModelInput> pairs, StopSignal stop) {
            try {
                Thread.sleep(run);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return RealModels.crossEncoder().logits(pairs, stop);
        }
    }

    @AfterEach
    void close() {
        remote.close();
        server.close();
        timer.close();
    }

    @Test
    void rerank_healthyRemote_scoresWhatTheLocalLanesDoNotComeTo() {
        awaitTrust();

        Reranking reranking = rerankSlowly(NEVER);

        assertAllRight(reranking);
        assertThat(reranking.work().remotePairs()).isBetween(COUNT / 2, COUNT);
        assertThat(reranking.outcomes().getFirst())
                .isInstanceOfSatisfying(
                        Scored.class, first -> assertThat(first.remote()).isFalse());
        assertThat(remote.use().pairs()).isEqualTo(reranking.work().remotePairs());
        assertThat(remote.use().degraded()).isEmpty();
    }

    @Test
    void rerank_healthyRemoteUnderADeadline_goesDeeperThanTheLocalLanesCould() {
        awaitTrust();

        Reranking reranking = rerankSlowly(Deadline.after(LONG_RUN.multipliedBy(9)));

        // Two lanes for nine runs: 18 at most.
        assertThat(scored(reranking)).isGreaterThan(18);
        assertRight(reranking);
    }

    /** Each ends the remote's part, and leaves what the local model says. */
    @ParameterizedTest
    @EnumSource(
            names = {"HEALTHY", "FIRST_ONLY"},
            mode = EnumSource.Mode.EXCLUDE)
    void rerank_remoteThatBreaks_leavesTheLocalAnswer(Mode mode) {
        Reranking reranking = trustedThenRerank(mode, NEVER);

        assertAllRight(reranking);
        assertThat(reranking.work().remotePairs()).isZero();
        RemoteUse use = remote.use();
        switch (mode) {
            case STALLED -> assertThat(use.late() + use.failed()).isPositive();
            case ENDLESS, DIES_MIDWAY, OVERLOADED -> assertThat(use.failed()).isPositive();
            default -> assertThat(use.garbage()).isPositive();
        }
    }

    @Test
    void rerank_remoteThatStallsUnderADeadline_isNotWaitedFor() {
        awaitTrust();
        server.become(Mode.STALLED);
        long began = System.nanoTime();

        Reranking reranking = rerank(ScoreCache.NONE, Deadline.after(RUN.multipliedBy(6)));

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(TIMEOUT);
        assertThat(scored(reranking)).isBetween(4L, 12L);
        assertRight(reranking);
        assertThat(remote.use().late()).isPositive();
    }

    /** What one call does not answer, a later one does. */
    @Test
    void rerank_oneCallThatStalls_isRepeated() {
        awaitTrust();
        server.stall(1);

        Reranking reranking = rerankSlowly(NEVER);

        assertAllRight(reranking);
        assertThat(reranking.work().remotePairs()).isGreaterThan(COUNT / 2);
        assertThat(remote.use().late() + remote.use().failed()).isEqualTo(1);
    }

    @Test
    void rerank_remoteThatScoredAPart_leavesTheRestToTheLocalModel() {
        Reranking reranking = trustedThenRerank(Mode.FIRST_ONLY, NEVER);

        assertAllRight(reranking);
        assertThat(reranking.work().remotePairs()).isBetween(1, COUNT / 2);
    }

    @Test
    void rerank_remoteScores_areNeverKept() {
        awaitTrust();
        try (var cache = ScoreCache.open(Settings.cache(1_000), "f")) {
            Reranking reranking = rerank(cache, NEVER);

            ScoreCache.Scores kept = cache.of(tokenizer.ids(QUERY));
            assertThat(reranking.work().remotePairs()).isPositive();
            for (Outcome outcome : reranking.outcomes()) {
                Scored its = (Scored) outcome;
                float found = kept.get(pair(TEXTS.get(its.index())));
                if (!its.remote()) {
                    assertThat(found).isEqualTo(its.logit());
                }
            }
            long computed = reranking.work().pairs();
            assertThat(cache.use().scores()).isEqualTo(computed);
        }
    }

    @Test
    void rerank_remoteThatIsDead_isAskedNoMoreUntilItIsBack() {
        awaitTrust();
        int port = server.port();
        server.close();
        // A call that the local model was faster than counts for nothing.
        for (int i = 0; i < 200 && remote.takesPart(); i++) {
            assertAllRight(rerank(ScoreCache.NONE, NEVER));
        }
        assertThat(remote.takesPart()).isFalse();
        assertThat(remote.use().breaker()).isEqualTo(2);
        assertThat(remote.use().degraded()).isPresent();
        long failed = remote.use().failed();

        Reranking alone = rerank(ScoreCache.NONE, NEVER);
        assertAllRight(alone);
        assertThat(remote.use().failed()).isEqualTo(failed);

        try (var _ = RerankServer.ofTheRealModel(port)) {
            awaitTrust();
            assertThat(rerank(ScoreCache.NONE, NEVER).work().remotePairs()).isPositive();
            assertThat(remote.use().breaker()).isZero();
            assertThat(remote.use().degraded()).isEmpty();
        }
    }

    @Test
    void open_remoteOfAnotherModel_takesNoPartAndSaysWhy() {
        try (var other = RerankServer.start((_, text) -> text.length() % 7 - 3);
                var its = open(other)) {
            await(() -> its.use().degraded().isPresent());

            assertThat(its.takesPart()).isFalse();
            assertThat(its.use().degraded().orElseThrow())
                    .contains("runs another model")
                    .contains("the local model")
                    .containsPattern("-?\\d+\\.\\d{3}, the local model -?\\d+\\.\\d{3}");
        }
    }

    /**
     * A quarter of a logit off on most texts is another model, or one that mixes its neighbours.
     */
    @Test
    void open_remoteThatIsALittleOff_takesNoPart() {
        try (var other = RerankServer.start((q, text) -> RerankServer.realLogit(q, text) + 0.3f);
                var its = open(other)) {
            await(() -> its.use().degraded().isPresent());

            assertThat(its.takesPart()).isFalse();
        }
    }

    @Test
    void open_remoteThatIsNotThere_saysSoAndKeepsLooking() {
        int port = server.port();
        server.close();
        try (var its = open(RerankServer.config(port, BATCH, TIMEOUT))) {
            await(() -> its.use().degraded().isPresent());
            assertThat(its.takesPart()).isFalse();
            assertThat(its.use().state()).contains("does not answer");
            try (var _ = RerankServer.ofTheRealModel(port)) {
                await(its::takesPart);
            }
        }
    }

    @Test
    void open_urlThatIsNone_isRefusedByName() {
        var config = RerankServer.config(URI.create("ftp://host"), BATCH, TIMEOUT);

        assertThatThrownBy(() -> open(config))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tandem.rerank.remote.url: got ftp://host");
    }

    @Test
    void rerank_noCandidates_isEmptyAtOnce() {
        awaitTrust();

        assertThat(rerank(remote, ScoreCache.NONE, NEVER, List.of(), PassageCut.HEAD).outcomes())
                .isEmpty();
    }

    @Test
    void rerank_requests_haveWhatTheyNeed() {
        trustedThenRerank(Mode.HEALTHY, Deadline.after(Duration.ofSeconds(10)));

        assertThat(server.requests())
                .allSatisfy(
                        request -> {
                            assertThat(request.query()).isEqualTo(QUERY);
                            assertThat(request.texts()).hasSizeBetween(1, BATCH);
                            assertThat(request.authorization()).isEqualTo("Bearer secret");
                            assertThat(Integer.parseInt(request.budget())).isBetween(1, 1_800);
                            assertThat(request.json().path("raw_scores").asBoolean()).isTrue();
                        });
    }

    /** One that reads further than the local model may score only what both read whole. */
    @Test
    void rerank_remoteThatCutsOtherwise_getsNoLongPassages() {
        try (var other =
                        RerankServer.start(
                                (query, text) ->
                                        RerankServer.realLogit(query, text)
                                                + (text.length() > 900 ? 5 : 0));
                var its = open(other)) {
            await(its::takesPart);
            other.requests().clear();
            String longText = "Tea is served. ".repeat(100);
            List<String> texts =
                    IntStream.range(0, COUNT)
                            .mapToObj(i -> i % 2 == 0 ? longText : TEXTS.get(i))
                            .toList();

            Reranking reranking = rerank(its, ScoreCache.NONE, NEVER, texts, PassageCut.HEAD);

            assertThat(other.requests()).isNotEmpty();
            assertThat(other.requests()).allMatch(request -> !request.texts().contains(longText));
            assertThat(scored(reranking)).isEqualTo(COUNT);
        }
    }

    @Test
    void rerank_passagesReadInChunks_areTheLocalModels() {
        awaitTrust();
        server.requests().clear();
        List<String> texts =
                IntStream.range(0, COUNT).mapToObj(_ -> "Tea is served. ".repeat(100)).toList();

        var chunks = new Chunks(2, tokenizer);
        Reranking reranking = rerank(remote, ScoreCache.NONE, NEVER, texts, chunks);

        assertThat(scored(reranking)).isEqualTo(COUNT);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void rerank_textsThatCannotBeRead_areTheLocalModels() {
        awaitTrust();
        var task =
                task(TEXTS, PassageCut.HEAD)
                        .with(
                                new RerankTask.Texts(
                                        QUERY,
                                        _ -> {
                                            throw new IllegalStateException("forced");
                                        },
                                        10));
        try (var reranker =
                new Reranker(new Slow(RUN), ScoreCache.NONE, timer, 2, helped(remote))) {
            Reranking reranking = reranker.rerank(task, NEVER).await().indefinitely();

            assertAllRight(reranking);
            assertThat(reranking.work().remotePairs()).isZero();
        }
    }

    @Test
    void rerank_textsThatHang_holdNothingUp() throws Exception {
        awaitTrust();
        var task =
                task(TEXTS, PassageCut.HEAD)
                        .with(
                                new RerankTask.Texts(
                                        QUERY,
                                        _ -> {
                                            try {
                                                Thread.sleep(Duration.ofMinutes(1));
                                            } catch (InterruptedException e) {
                                                Thread.currentThread().interrupt();
                                            }
                                            return "";
                                        },
                                        10));
        try (var reranker =
                new Reranker(new Slow(RUN), ScoreCache.NONE, timer, 2, helped(remote))) {
            Reranking reranking = await(reranker, task);

            assertAllRight(reranking);
        }
    }

    private static Reranking await(Reranker reranker, RerankTask task)
            throws InterruptedException, ExecutionException, TimeoutException {
        return reranker.rerank(task, NEVER)
                .subscribe()
                .asCompletionStage()
                .get(20, TimeUnit.SECONDS);
    }

    private static RemoteReranker open(RerankServer server) {
        return open(server.config(BATCH, TIMEOUT));
    }

    private static RemoteReranker open(RemoteConfig config) {
        var local = RealModels.crossEncoder();
        return RemoteReranker.open(config, local, local.card()).orElseThrow();
    }

    private static Helpers helped(RemoteReranker remote) {
        return new Helpers(remote, null);
    }

    private Reranking trustedThenRerank(Mode mode, Deadline deadline) {
        awaitTrust();
        server.become(mode);
        return rerank(ScoreCache.NONE, deadline);
    }

    private void awaitTrust() {
        await(remote::takesPart);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Reranking rerank(ScoreCache cache, Deadline deadline) {
        return rerank(remote, cache, deadline, TEXTS, PassageCut.HEAD);
    }

    private Reranking rerank(
            RemoteReranker its,
            ScoreCache cache,
            Deadline deadline,
            List<String> texts,
            PassageCut cut) {
        return rerank(RUN, its, cache, deadline, task(texts, cut));
    }

    /** Beside a local model that is so slow that the remote is faster on any machine. */
    private Reranking rerankSlowly(Deadline deadline) {
        var task = task(TEXTS, PassageCut.HEAD);
        return rerank(LONG_RUN, remote, ScoreCache.NONE, deadline, task);
    }

    private Reranking rerank(
            Duration run,
            RemoteReranker its,
            ScoreCache cache,
            Deadline deadline,
            RerankTask task) {
        try (var reranker = new Reranker(new Slow(run), cache, timer, 2, helped(its))) {
            return reranker.rerank(task, deadline).await().indefinitely();
        }
    }

    private RerankTask task(List<String> texts, PassageCut cut) {
        return new RerankTask(
                        tokenizer.ids(QUERY),
                        texts.size(),
                        index -> tokenizer.storableIds(texts.get(index)),
                        cut,
                        Convergence.NEVER)
                .with(new RerankTask.Texts(QUERY, texts::get, 2));
    }

    private ModelInput pair(String text) {
        return tokenizer.pair(tokenizer.ids(QUERY), tokenizer.storableIds(text));
    }

    private static void assertAllRight(Reranking reranking) {
        assertThat(scored(reranking)).isEqualTo(COUNT);
        assertRight(reranking);
    }

    private static void assertRight(Reranking reranking) {
        for (Outcome outcome : reranking.outcomes()) {
            if (outcome instanceof Scored its) {
                assertThat(its.logit()).isEqualTo(LOGITS.get(its.index()));
                assertThat(its.reading().span().from()).isZero();
                assertThat(its.reading().tokensIn()).isEqualTo(its.reading().tokensUsed());
            }
        }
    }

    private static long scored(Reranking reranking) {
        return reranking.outcomes().stream().filter(Scored.class::isInstance).count();
    }
}
