package dev.tandem.edge;

import dev.tandem.model.CacheUse;
import dev.tandem.retrieval.Reloader;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.function.ToLongFunction;

/** What an operator sees of the score cache. */
@Singleton
class CacheMetrics {

    private final MeterRegistry registry;
    // Held here: meters hold what they measure by weak references.
    private final Reloader reloader;

    CacheMetrics(MeterRegistry registry, Reloader reloader) {
        this.registry = registry;
        this.reloader = reloader;
    }

    void register(@Observes StartupEvent event) {
        count("hit", CacheUse::hits);
        count("miss", CacheUse::misses);
        gauge("tandem.cache.size", "scores", "Scores held in memory", CacheUse::scores);
        gauge("tandem.cache.disk", "bytes", "What the folder of scores holds", CacheUse::bytes);
    }

    private void count(String result, ToLongFunction<CacheUse> value) {
        FunctionCounter.builder(
                        "tandem.cache.requests", reloader, r -> value.applyAsLong(r.cacheUse()))
                .tag("result", result)
                .description("Pairs whose score was asked for, by whether it was known")
                .register(registry);
    }

    private void gauge(
            String name, String unit, String description, ToLongFunction<CacheUse> value) {
        Gauge.builder(name, reloader, r -> value.applyAsLong(r.cacheUse()))
                .description(description)
                .baseUnit(unit)
                .register(registry);
    }
}
