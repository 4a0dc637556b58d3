package dev.tandem;

import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexConfig;
import dev.tandem.index.IndexFolder;
import dev.tandem.indexing.IndexBuilder;
import dev.tandem.indexing.PairTokenizer;
import dev.tandem.model.SearchException;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.retrieval.LiveEngine;
import dev.tandem.retrieval.Models;
import dev.tandem.retrieval.SearchEngine;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import org.jboss.logging.Logger;

/** Opens models and index when the server starts; builds the embedded index first if it must. */
class Start {

    private static final Logger LOG = Logger.getLogger(Start.class);

    private final ModelsConfig models;
    private final IndexConfig index;
    private final CandidatesConfig candidates;
    private final RerankConfig rerank;
    private final LiveEngine live;

    Start(
            ModelsConfig models,
            IndexConfig index,
            CandidatesConfig candidates,
            RerankConfig rerank,
            LiveEngine live) {
        this.models = models;
        this.index = index;
        this.candidates = candidates;
        this.rerank = rerank;
        this.live = live;
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
        Models loaded = Models.open(models);
        Generation generation =
                index.buildFrom()
                        .map(corpus -> embedded(loaded, corpus))
                        .orElseGet(() -> new IndexFolder(index.dir()).current());
        live.serve(
                SearchEngine.open(loaded, generation, candidates, index.memory(), rerank), loaded);
        LOG.infof(
                "Serving %d passages of generation %s, bi-encoder %s, cross-encoder %s",
                generation.manifest().passages(),
                generation.id(),
                loaded.biEncoder().name(),
                loaded.crossEncoder().card().name());
    }

    private Generation embedded(Models loaded, Path corpus) {
        var crossEncoder = loaded.crossEncoder();
        var pairTokenizer = new PairTokenizer(crossEncoder.card().name(), crossEncoder.tokenizer());
        var progress = new DelegatingProgressBarConsumer(LOG::info);
        return new IndexBuilder(loaded.biEncoder(), pairTokenizer, progress, LOG::warn)
                .buildIfStale(corpus, index.dir());
    }
}
