package dev.tandem.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tandem.fixtures.Doors;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** A server whose traces go to memory. */
@QuarkusTest
@TestProfile(SearchSpansTest.Traced.class)
class SearchSpansTest {
    @Inject InMemorySpanExporter exported;

    public static class Traced implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.otel.sdk.disabled", "false",
                    "quarkus.otel.bsp.schedule.delay", "50ms");
        }
    }

    @Singleton
    static class Exporter {
        @Produces
        @Singleton
        InMemorySpanExporter exporter() {
            return InMemorySpanExporter.create();
        }
    }

    @Test
    void answer_itsTrace_hasASpanForEachStageThatMakeUpTheWhole() throws InterruptedException {
        JsonNode answer = Doors.post("{\"query\": \"vpc\", \"candidateCount\": 50}").json();

        SpanData search = await(span -> span.getName().equals("search"));
        List<SpanData> stages =
                exported.getFinishedSpanItems().stream()
                        .filter(span -> span.getParentSpanId().equals(search.getSpanId()))
                        .toList();
        assertThat(stages)
                .extracting(SpanData::getName)
                .containsExactlyInAnyOrder("encode", "retrieve", "rerank", "assemble");
        assertThat(stages.stream().mapToLong(SearchSpansTest::nanos).sum())
                .isEqualTo(nanos(search));
        assertThat(nanos(search) / 1e6)
                .isCloseTo(answer.at("/timings/totalMs").asDouble(), Offset.offset(0.001));
        assertThat(search.getAttributes().get(AttributeKey.stringKey("tandem.generation")))
                .isEqualTo(answer.path("generation").asText());
        // The request's own span, which Quarkus makes and ends later, is the parent.
        SpanData request = await(span -> span.getSpanId().equals(search.getParentSpanId()));
        assertThat(request.getTraceId()).isEqualTo(search.getTraceId());
    }

    private SpanData await(Predicate<SpanData> wanted) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            for (SpanData span : exported.getFinishedSpanItems()) {
                if (wanted.test(span)) {
                    return span;
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError("not in " + exported.getFinishedSpanItems());
    }

    private static long nanos(SpanData span) {
        return span.getEndEpochNanos() - span.getStartEpochNanos();
    }
}
