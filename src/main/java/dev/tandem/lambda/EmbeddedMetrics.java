package dev.tandem.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tandem.edge.SearchAnswer;
import dev.tandem.model.Coverage.Reason;
import jakarta.inject.Singleton;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line of JSON for each answer to the function's log, from which CloudWatch makes metrics:
 * its embedded metric format, version 0. A function that is frozen between invocations can be asked
 * for nothing, and calls to send metrics would cost time in each.
 */
@Singleton
class EmbeddedMetrics {

    private static final String NAMESPACE = "Tandem";
    private static final String FUNCTION = "Function";
    private static final String MILLISECONDS = "Milliseconds";
    private static final String COUNT = "Count";

    private final boolean enabled;
    private final String function;
    private final ObjectMapper json;
    private final Clock clock = Clock.systemUTC();

    /** The log of a function is its standard output. */
    private final PrintStream log = System.out;

    EmbeddedMetrics(
            LambdaConfig config,
            @ConfigProperty(name = "aws.lambda.function.name") Optional<String> function,
            ObjectMapper json) {
        enabled = config.metrics();
        this.function = function.orElse("tandem");
        this.json = json;
    }

    /**
     * @param requestId of the invocation; null if it is not known
     */
    void tell(SearchAnswer answer, @Nullable String requestId) {
        if (!enabled) {
            return;
        }
        try {
            log.println(json.writeValueAsString(line(answer, requestId)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Numbers have their JSON. This is a bug.", e);
        }
    }

    private ObjectNode line(SearchAnswer answer, @Nullable String requestId) {
        var coverage = answer.coverage();
        var timings = answer.timings();
        ObjectNode line = json.createObjectNode();
        ArrayNode metrics = describe(line.putObject("_aws"));
        line.put(FUNCTION, function);
        line.put("requestId", requestId);
        line.put("generation", answer.generation());
        line.put("device", answer.device());
        line.put("reason", coverage.reason().name());
        metric(line, metrics, "TotalMs", MILLISECONDS, timings.totalMs());
        metric(line, metrics, "EncodeMs", MILLISECONDS, timings.encodeMs());
        metric(line, metrics, "RetrieveMs", MILLISECONDS, timings.retrieveMs());
        metric(line, metrics, "RerankMs", MILLISECONDS, timings.rerankMs());
        metric(line, metrics, "AssembleMs", MILLISECONDS, timings.assembleMs());
        metric(line, metrics, "Scored", COUNT, coverage.scored());
        metric(line, metrics, "Preranked", COUNT, coverage.preranked());
        metric(line, metrics, "FromCache", COUNT, coverage.fromCache());
        metric(line, metrics, "Tokens", COUNT, (double) answer.work().tokens());
        metric(line, metrics, "BytesRead", "Bytes", (double) answer.walk().bytesRead());
        metric(line, metrics, "Cut", COUNT, isCut(coverage.reason()) ? 1 : 0);
        return line;
    }

    private static boolean isCut(Reason reason) {
        return reason != Reason.COMPLETE && reason != Reason.CONVERGED;
    }

    /**
     * @return where metrics are named
     */
    private ArrayNode describe(ObjectNode aws) {
        aws.put("Timestamp", clock.millis());
        ObjectNode directive = aws.putArray("CloudWatchMetrics").addObject();
        directive.put("Namespace", NAMESPACE);
        directive.putArray("Dimensions").addArray().add(FUNCTION);
        return directive.putArray("Metrics");
    }

    private static void metric(
            ObjectNode line, ArrayNode metrics, String name, String unit, double value) {
        metrics.addObject().put("Name", name).put("Unit", unit);
        line.put(name, value);
    }
}
