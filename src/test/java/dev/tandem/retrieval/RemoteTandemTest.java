package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Budgets;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.RerankServer;
import dev.tandem.fixtures.Settings;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.index.Generation;
import dev.tandem.model.Budget;
import dev.tandem.model.RankedText;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.TextQuery;
import dev.tandem.model.TextRanking;
import dev.tandem.model.TextReading;
import dev.tandem.rerank.OpenCrossEncoder;
import dev.tandem.rerank.RemoteReranker;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A running Tandem as the remote of an engine, on the same cores. */
@QuarkusTest
@Timeout(120)
class RemoteTandemTest {
    private static final String QUERY = "How many people live in Berlin?";
    private static final List<String> TEXTS =
            IntStream.range(0, 600)
                    .mapToObj("In district %1$d of Berlin live 1%1$d thousand people."::formatted)
                    .toList();

    @TempDir private static Path folder;

    @Test
    void rerank_underABudget_getsInTimeWhatTheRemoteScored() throws InterruptedException {
        Generation generation = SmallIndex.build(folder, SmallIndex.CORPUS);
        try (var remote = open();
                var engine = SearchEngine.open(models(remote), generation, Settings.ENGINE);
                var alone = SearchEngine.open(RealModels.both(), generation, Settings.ENGINE)) {
            Map<Integer, Float> logits =
                    rerank(alone, Budgets.NEVER).texts().stream()
                            .collect(Collectors.toMap(RankedText::index, RemoteTandemTest::logit));
            int helped = 0;
            for (int i = 0; i < 5; i++) {
                var budget = Budget.of(Duration.ofMillis(600), Duration.ofSeconds(20));
                TextRanking ranking = rerank(engine, budget);
                helped += ranking.work().remotePairs();
                for (RankedText text : ranking.texts()) {
                    if (text.logit() != null) {
                        assertThat(text.logit()).isEqualTo(logits.get(text.index()));
                    }
                }
            }

            assertThat(helped).isPositive();
            assertThat(remote.use().ok()).isPositive();
        }
    }

    private static float logit(RankedText text) {
        return Objects.requireNonNull(text.logit());
    }

    private static TextRanking rerank(SearchEngine engine, Budget budget) {
        var query =
                new TextQuery(
                        QUERY, TEXTS, TEXTS.size(), RerankOptions.DEFAULT, TextReading.DEFAULT);
        return engine.texts().rerank(query, budget).await().indefinitely();
    }

    private static Models models(RemoteReranker remote) {
        return new Models(
                RealModels.biEncoder(),
                OpenCrossEncoder.of(RealModels.crossEncoder()),
                null,
                remote);
    }

    private static RemoteReranker open() throws InterruptedException {
        var url = URI.create(ConfigProvider.getConfig().getValue("test.url", String.class));
        var local = RealModels.crossEncoder();
        var config = RerankServer.config(url, 16, Duration.ofSeconds(20));
        var remote = RemoteReranker.open(config, local, local.card()).orElseThrow();
        while (!remote.use().state().equals("takes part")) {
            Thread.sleep(20);
        }
        return remote;
    }
}
