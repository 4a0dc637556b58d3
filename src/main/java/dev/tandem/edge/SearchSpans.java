package dev.tandem.edge;

import dev.tandem.model.SearchResult;
import dev.tandem.model.Timings;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Tells a trace what an answer's time went to, a span for each stage. They are told when the answer
 * is there, from its own timings: nothing is done while it is made.
 */
@ApplicationScoped
class SearchSpans {

    private final Tracer tracer;
    private final Clock clock = Clock.systemUTC();

    SearchSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    /**
     * @param caller the trace that the request belongs to
     */
    void tell(SearchResult result, Context caller) {
        Instant end = clock.instant();
        Timings timings = result.timings();
        Instant start = end.minus(timings.total());
        Span whole = begin("search", start, caller);
        if (!whole.isRecording()) {
            return;
        }
        describe(whole, result);
        Context inside = caller.with(whole);
        Instant at = stage("encode", start, timings.encode(), inside);
        at = stage("retrieve", at, timings.retrieve(), inside);
        at = stage("rerank", at, timings.rerank(), inside);
        whole.end(stage("assemble", at, timings.assemble(), inside));
    }

    private Instant stage(String name, Instant start, Duration took, Context inside) {
        Instant end = start.plus(took);
        begin(name, start, inside).end(end);
        return end;
    }

    private Span begin(String name, Instant start, Context parent) {
        return tracer.spanBuilder(name).setParent(parent).setStartTimestamp(start).startSpan();
    }

    private static void describe(Span span, SearchResult result) {
        var coverage = result.coverage();
        span.setAttribute("tandem.generation", result.generation())
                .setAttribute("tandem.device", result.device())
                .setAttribute("tandem.coverage.reason", coverage.reason().name())
                .setAttribute("tandem.coverage.requested", coverage.requested())
                .setAttribute("tandem.coverage.scored", coverage.scored())
                .setAttribute("tandem.coverage.preranked", coverage.preranked())
                .setAttribute("tandem.coverage.from_cache", coverage.fromCache())
                .setAttribute("tandem.walk.visited", result.walk().visited())
                .setAttribute("tandem.walk.bytes_read", result.walk().bytesRead())
                .setAttribute("tandem.work.tokens", result.work().tokens());
    }
}
