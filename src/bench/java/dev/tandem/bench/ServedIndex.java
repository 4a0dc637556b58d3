package dev.tandem.bench;

import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.evaluation.Judgements;
import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.LeasedGeneration;
import dev.tandem.index.Memory;
import dev.tandem.index.Verify;
import dev.tandem.model.Budget;
import dev.tandem.model.Query;
import dev.tandem.model.SearchResult;
import dev.tandem.rerank.ScoreCache;
import dev.tandem.retrieval.EngineSettings;
import dev.tandem.retrieval.Models;
import dev.tandem.retrieval.SearchEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** An engine with the shipped models and the defaults, over an index on the disk. */
final class ServedIndex implements AutoCloseable {

    private static final Duration GRACE = Duration.ofMillis(30);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Models models;
    private final LeasedGeneration leased;
    private final SearchEngine engine;
    private final boolean ownsModels;

    /** Of stage 1. */
    private static final class Defaults implements CandidatesConfig {
        @Override
        public double oversampling() {
            return 2;
        }

        @Override
        public double budgetShare() {
            return 0.5;
        }

        @Override
        public OptionalInt nodeBudget() {
            return OptionalInt.empty();
        }
    }

    ServedIndex(String index, ScoreCache cache) {
        this(
                index,
                cache,
                Models.open(
                        new ModelsAt(
                                RealModels.FOLDER, RealModels.BI_ENCODER, RealModels.CROSS_ENCODER)),
                true);
    }

    /**
     * @param ownsModels whether they are closed with this
     */
    ServedIndex(String index, ScoreCache cache, Models models, boolean ownsModels) {
        this.models = models;
        this.ownsModels = ownsModels;
        leased = new IndexFolder(Path.of(index)).lease(Verify.LENGTHS);
        var settings = new EngineSettings(new Defaults(), Settings.RERANK, Memory.LOW, cache);
        engine = SearchEngine.open(models, leased.generation(), settings);
    }

    Models models() {
        return models;
    }

    SearchEngine engine() {
        return engine;
    }

    LeasedGeneration leased() {
        return leased;
    }

    SearchResult search(Query query, Duration time) {
        return engine.retriever().search(query, Budget.of(time, GRACE)).await().atMost(PATIENCE);
    }

    /** So many judged queries of a collection, evenly spread. */
    static List<Judged> queries(String collection, String count) {
        Path data = Path.of(collection);
        var judged = Judgements.read(data.resolve("queries.jsonl"), data.resolve("qrels.tsv"));
        return Judgements.sample(judged, Integer.parseInt(count));
    }

    @Override
    public void close() {
        engine.close();
        leased.close();
        if (ownsModels) {
            models.close();
        }
    }
}
