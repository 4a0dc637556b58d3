package dev.tandem.retrieval;

import dev.tandem.model.UnavailableException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** The engine that serves; opened once at start. */
@ApplicationScoped
public class LiveEngine {

    private volatile @Nullable SearchEngine engine;
    private volatile @Nullable Models models;

    /** Serves with this engine from now on, and closes it and its models at the end. */
    public void serve(SearchEngine opened, Models itsModels) {
        engine = opened;
        models = itsModels;
    }

    /**
     * The engine to answer with.
     *
     * @throws UnavailableException before the engine is open
     */
    public SearchEngine engine() {
        SearchEngine serving = engine;
        if (serving == null) {
            throw new UnavailableException(
                    "The index is being opened. Try again in some seconds.", null);
        }
        return serving;
    }

    public boolean isReady() {
        return engine != null;
    }

    @PreDestroy
    void close() {
        SearchEngine serving = engine;
        Models loaded = models;
        engine = null;
        if (serving != null && loaded != null) {
            serving.close();
            loaded.close();
        }
    }
}
