package dev.tandem.edge;

import dev.tandem.retrieval.LiveEngine;
import dev.tandem.retrieval.Reloader;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** What an operator sees of the generations. */
@Singleton
class IndexMetrics {

    private final MeterRegistry registry;
    // Held here: meters hold what they measure by weak references.
    private final LiveEngine live;
    private final Reloader reloader;

    IndexMetrics(MeterRegistry registry, LiveEngine live, Reloader reloader) {
        this.registry = registry;
        this.live = live;
        this.reloader = reloader;
    }

    void register(@Observes StartupEvent event) {
        FunctionCounter.builder("tandem.index.swaps", reloader, Reloader::swaps)
                .description("How often a new generation took the place of the served one")
                .register(registry);
        FunctionCounter.builder("tandem.index.failures", reloader, Reloader::failures)
                .description("How often a generation did not open, so that the old one served on")
                .register(registry);
        Gauge.builder("tandem.index.open", live, LiveEngine::openEngines)
                .description("Generations that are open: the served one, and those with calls left")
                .register(registry);
        Gauge.builder("tandem.index.created", live, IndexMetrics::createdSeconds)
                .description("When the served generation was made, seconds since 1970")
                .baseUnit("seconds")
                .register(registry);
    }

    /** NaN before an index is open. */
    private static double createdSeconds(LiveEngine live) {
        return live.created().map(created -> created.toEpochMilli() / 1e3).orElse(Double.NaN);
    }
}
