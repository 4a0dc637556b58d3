package dev.tandem.edge;

import dev.tandem.model.Coverage;
import dev.tandem.model.SearchResult;
import dev.tandem.model.TextRanking;
import dev.tandem.retrieval.Admission;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;

/** What an operator sees of the answers. */
@ApplicationScoped
class SearchMetrics {

    private final MeterRegistry registry;
    private final DistributionSummary scored;
    private final DistributionSummary preranked;

    SearchMetrics(MeterRegistry registry) {
        this.registry = registry;
        scored = pairs("scored", "Candidates of an answer that the cross-encoder scored");
        preranked =
                pairs(
                        "preranked",
                        "Candidates of an answer that only the small cross-encoder scored");
    }

    private DistributionSummary pairs(String name, String description) {
        return DistributionSummary.builder("tandem.rerank." + name)
                .description(description)
                .baseUnit("pairs")
                .register(registry);
    }

    private void record(Coverage coverage) {
        scored.record(coverage.scored());
        preranked.record(coverage.preranked());
    }

    /** Has what is in flight shown. */
    void watch(Admission admission) {
        Gauge.builder("tandem.search.in.flight", admission, Admission::inside)
                .description("Requests that are being answered")
                .register(registry);
    }

    void record(TextRanking ranking) {
        registry.timer("tandem.rerank", "reason", ranking.coverage().reason().name())
                .record(ranking.total());
        record(ranking.coverage());
    }

    void record(SearchResult result) {
        var timings = result.timings();
        registry.timer("tandem.search.stage", "stage", "encode").record(timings.encode());
        registry.timer("tandem.search.stage", "stage", "retrieve").record(timings.retrieve());
        registry.timer("tandem.search.stage", "stage", "rerank").record(timings.rerank());
        registry.timer("tandem.search", "reason", result.coverage().reason().name())
                .record(timings.total());
        record(result.coverage());
    }
}
