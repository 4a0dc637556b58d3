package dev.tandem.edge;

import dev.tandem.model.RemoteUse;
import dev.tandem.retrieval.LiveEngine;
import dev.tandem.retrieval.Reloader;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.function.ToLongFunction;

/** What an operator sees of where candidates are scored. */
@Singleton
class RerankMetrics {

    private final MeterRegistry registry;
    // Held here: meters hold what they measure by weak references.
    private final LiveEngine live;
    private final Reloader reloader;

    RerankMetrics(MeterRegistry registry, LiveEngine live, Reloader reloader) {
        this.registry = registry;
        this.live = live;
        this.reloader = reloader;
    }

    void register(@Observes StartupEvent event) {
        count("ok", RemoteUse::ok);
        count("late", RemoteUse::late);
        count("failed", RemoteUse::failed);
        count("garbage", RemoteUse::garbage);
        count("rejected", RemoteUse::rejected);
        FunctionCounter.builder("tandem.rerank.remote.pairs", reloader, r -> r.remoteUse().pairs())
                .description("Candidates that the remote reranker scored first")
                .register(registry);
        Gauge.builder("tandem.rerank.remote.breaker", reloader, r -> r.remoteUse().breaker())
                .description("Breaker of the remote reranker: 0 closed, 1 half open, 2 open")
                .register(registry);
        Gauge.builder("tandem.rerank.gpu", live, RerankMetrics::onGpu)
                .description("1 while the cross-encoder runs on a GPU, else 0")
                .register(registry);
    }

    private void count(String result, ToLongFunction<RemoteUse> value) {
        FunctionCounter.builder(
                        "tandem.rerank.remote.calls",
                        reloader,
                        r -> value.applyAsLong(r.remoteUse()))
                .tag("result", result)
                .description("Calls of the remote reranker, by what became of them")
                .register(registry);
    }

    /** NaN before an index is open. */
    private static double onGpu(LiveEngine live) {
        return live.device().map(device -> device.equals("cpu") ? 0.0 : 1.0).orElse(Double.NaN);
    }
}
