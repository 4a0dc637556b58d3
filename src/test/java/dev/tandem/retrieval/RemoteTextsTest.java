package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Budgets;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.RerankServer;
import dev.tandem.fixtures.RerankServer.Request;
import dev.tandem.fixtures.Settings;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.index.Generation;
import dev.tandem.model.Query;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.RankedText;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.TextQuery;
import dev.tandem.model.TextReading;
import dev.tandem.rerank.OpenCrossEncoder;
import dev.tandem.rerank.RemoteReranker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A remote sees the texts that the local model reads as tokens. */
@Timeout(120)
class RemoteTextsTest {
    private static final String QUERY = "How many people live in Berlin?";

    @TempDir private static Path folder;

    private final Map<String, Float> logits = new ConcurrentHashMap<>();

    @Test
    void search_remote_readsTitleAndTextAndGivesTheSameScores() throws InterruptedException {
        Generation generation = SmallIndex.build(folder, corpus());
        try (var server = RerankServer.start(this::known);
                var remote = open(server);
                var engine = SearchEngine.open(models(remote), generation, Settings.ENGINE);
                var alone = SearchEngine.open(RealModels.both(), generation, Settings.ENGINE)) {
            var query = new Query(QUERY, 60, 60);
            var local = alone.retriever().search(query, Budgets.NEVER).await().indefinitely();
            local.passages().forEach(hit -> known(QUERY, hit.passage().fullText()));
            server.requests().clear();
            var helped = engine.retriever().search(query, Budgets.NEVER).await().indefinitely();

            assertThat(helped.work().remotePairs()).isPositive();
            assertThat(helped.passages())
                    .extracting(RankedPassage::logit)
                    .isEqualTo(local.passages().stream().map(RankedPassage::logit).toList());
            assertThat(server.requests().stream().map(Request::texts).flatMap(List::stream))
                    .isNotEmpty()
                    .allMatch(
                            text -> text.startsWith("District ") && text.contains("\nIn district"));
        }
    }

    @Test
    void rerank_texts_areSentAsTheyAre() throws InterruptedException {
        Generation generation = SmallIndex.build(folder.resolve("."), SmallIndex.CORPUS);
        List<String> texts =
                IntStream.range(0, 60).mapToObj("District %d has people."::formatted).toList();
        try (var server = RerankServer.start(this::known);
                var remote = open(server);
                var engine = SearchEngine.open(models(remote), generation, Settings.ENGINE)) {
            texts.forEach(text -> known(QUERY, text));
            server.requests().clear();
            var query = new TextQuery(QUERY, texts, 60, RerankOptions.DEFAULT, TextReading.DEFAULT);
            var ranking = engine.texts().rerank(query, Budgets.NEVER).await().indefinitely();

            assertThat(ranking.work().remotePairs()).isPositive();
            for (RankedText text : ranking.texts()) {
                assertThat(text.logit())
                        .isEqualTo(RerankServer.realLogit(QUERY, texts.get(text.index())));
            }
            assertThat(server.requests().stream().map(Request::texts).flatMap(List::stream))
                    .isSubsetOf(texts);
        }
    }

    /** Computed once, so that the remote is faster than the local model on the same cores. */
    private float known(String query, String text) {
        return logits.computeIfAbsent(text, _ -> RerankServer.realLogit(query, text));
    }

    private static String corpus() {
        return IntStream.range(0, 60)
                .mapToObj(
                        i ->
                                "{\"_id\": \"%d\", \"title\": \"District %d\", \"text\": \"In district %d of Berlin live %d people.\"}"
                                        .formatted(i, i, i, 1_000 * i))
                .reduce("", (all, one) -> all + one + "\n");
    }

    private static Models models(RemoteReranker remote) {
        return new Models(
                RealModels.biEncoder(),
                OpenCrossEncoder.of(RealModels.crossEncoder()),
                null,
                remote);
    }

    private static RemoteReranker open(RerankServer server) throws InterruptedException {
        var local = RealModels.crossEncoder();
        var config = server.config(8, Duration.ofSeconds(20));
        var remote = RemoteReranker.open(config, local, local.card()).orElseThrow();
        while (!remote.use().state().equals("takes part")) {
            Thread.sleep(20);
        }
        return remote;
    }
}
