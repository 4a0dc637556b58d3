package dev.tandem.edge;

import dev.tandem.model.StorageFailure;
import dev.tandem.retrieval.LiveEngine;
import dev.tandem.retrieval.Reloader;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** What an operator sees of storage that fails. */
@Singleton
class StorageMetrics {

    private final MeterRegistry registry;
    // Held here: meters hold what they measure by weak references.
    private final LiveEngine live;
    private final Reloader reloader;

    StorageMetrics(MeterRegistry registry, LiveEngine live, Reloader reloader) {
        this.registry = registry;
        this.live = live;
        this.reloader = reloader;
    }

    void register(@Observes StartupEvent event) {
        for (StorageFailure kind : StorageFailure.values()) {
            FunctionCounter.builder(
                            "tandem.storage.failures", live, engine -> engine.failures(kind))
                    .tag("kind", kind.label())
                    .description("Calls and probes that could not read what they needed")
                    .register(registry);
        }
        Gauge.builder("tandem.storage.hanging", live, LiveEngine::abandoned)
                .description("Reads that still run although their answers were given without them")
                .register(registry);
        Gauge.builder("tandem.storage.failing", live, engine -> engine.failing().isEmpty() ? 0 : 1)
                .description("1 while the served index cannot be read as it should")
                .register(registry);
        FunctionCounter.builder("tandem.cache.failures", reloader, r -> r.cacheUse().failures())
                .description("How often the folder of scores could not be read or written")
                .register(registry);
    }
}
