package dev.tandem;

import dev.tandem.candidates.Prefetch;
import dev.tandem.index.IndexConfig;
import dev.tandem.index.IndexFolder;
import dev.tandem.indexing.IndexBuilder;
import dev.tandem.indexing.PairTokenizer;
import dev.tandem.model.IndexException;
import dev.tandem.model.SearchException;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.rerank.CascadeConfig;
import dev.tandem.rerank.RemoteConfig;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.retrieval.EarlyModels;
import dev.tandem.retrieval.LiveEngine;
import dev.tandem.retrieval.ModelCheck;
import dev.tandem.retrieval.Models;
import dev.tandem.retrieval.Reloader;
import dev.tandem.retrieval.SearchEngine;
import dev.tandem.retrieval.StartTimes;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import org.jboss.logging.Logger;

/** Opens models and index when the server starts; builds the embedded index first if it must. */
class Start {

    private static final Logger LOG = Logger.getLogger(Start.class);

    /** By then a first answer is given, if it was a call that the process was started for. */
    private static final Duration MODEL_CHECK_DELAY = Duration.ofSeconds(2);

    private final ModelsConfig models;
    private final RerankConfig rerank;
    private final CascadeConfig cascade;
    private final RemoteConfig remote;
    private final IndexConfig index;
    private final Reloader reloader;
    private final LiveEngine live;
    private final StartTimes times;

    Start(
            ModelsConfig models,
            RerankConfig rerank,
            CascadeConfig cascade,
            RemoteConfig remote,
            IndexConfig index,
            Reloader reloader,
            LiveEngine live,
            StartTimes times) {
        this.models = models;
        this.rerank = rerank;
        this.cascade = cascade;
        this.remote = remote;
        this.index = index;
        this.reloader = reloader;
        this.live = live;
        this.times = times;
    }

    void open(@Observes StartupEvent event) {
        try {
            open();
        } catch (SearchException e) {
            // Said apart: in the stack trace that follows, it stands below fifty lines.
            LOG.fatalf("Tandem does not start: %s", e.getMessage());
            throw e;
        }
    }

    private void open() {
        long began = System.nanoTime();
        prefetch();
        Models loaded =
                EarlyModels.take(models, rerank, cascade)
                        .orElseGet(() -> Models.open(models, rerank, cascade))
                        .with(remote);
        long open = System.nanoTime();
        index.buildFrom().ifPresent(corpus -> buildIfStale(loaded, corpus));
        SearchEngine engine = reloader.start(loaded);
        LOG.infof(
                "Serving %d passages of generation %s, bi-encoder %s, cross-encoder %s%s",
                engine.passages(),
                engine.generationId(),
                loaded.biEncoder().name(),
                loaded.crossEncoder().card().name(),
                cascade.model().map(name -> ", before it " + name).orElse(""));
        times.ready(began, open, loaded);
        LOG.infof("Started in %s", times);
        var _ = ModelCheck.begin(loaded, live, MODEL_CHECK_DELAY);
    }

    /** The index, if there is one: the storage answers while the models are loaded. */
    private void prefetch() {
        try {
            Prefetch.start(new IndexFolder(index.dir()).current().folder());
        } catch (IndexException e) {
            // Told when it is opened, or built.
            LOG.debugf("Nothing is prefetched: %s", e.getMessage());
        }
    }

    private void buildIfStale(Models loaded, Path corpus) {
        // What is built outlives the start: it must not bear the name of another model.
        loaded.verify();
        var crossEncoder = loaded.crossEncoder();
        var pairTokenizer = new PairTokenizer(crossEncoder.card().name(), crossEncoder.tokenizer());
        var progress = new DelegatingProgressBarConsumer(LOG::info);
        new IndexBuilder(loaded.biEncoder(), pairTokenizer, progress, LOG::warn)
                .buildIfStale(corpus, index.dir());
    }
}
