package dev.tandem.http;

import dev.tandem.retrieval.LiveEngine;
import dev.tandem.retrieval.Reloader;
import dev.tandem.retrieval.StartTimes;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while the models are loaded, the index is open, and calls can read what they need of it.
 * Says what is known and looks at nothing itself, so it answers at once even if the storage hangs.
 */
@Readiness
public class EngineReadiness implements HealthCheck {

    private final LiveEngine live;
    private final Reloader reloader;
    private final StartTimes start;

    EngineReadiness(LiveEngine live, Reloader reloader, StartTimes start) {
        this.start = start;
        this.live = live;
        this.reloader = reloader;
    }

    @Override
    public HealthCheckResponse call() {
        var failing = live.failing();
        var response =
                HealthCheckResponse.named("search engine")
                        .status(live.isReady() && failing.isEmpty());
        if (live.isReady()) {
            describe(response);
        }
        failing.ifPresent(
                met ->
                        response.withData(
                                "storage",
                                "The index cannot be read (%s). The server's log says more."
                                        .formatted(met.label())));
        live.refusal()
                .ifPresent(
                        _ ->
                                response.withData(
                                        "models",
                                        "A model is not the one that its card describes. The server's log says more."));
        String degraded = degraded();
        if (!degraded.isEmpty()) {
            response.withData("degraded", degraded);
        }
        return response.build();
    }

    /** All that is worse than it was asked for, and served nevertheless. */
    private String degraded() {
        return Stream.of(reloader.degraded(), reloader.remoteUse().degraded())
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" "));
    }

    private void describe(HealthCheckResponseBuilder response) {
        try (var lease = live.acquire()) {
            var engine = lease.engine();
            response.withData("generation", engine.generationId())
                    .withData("passages", engine.passages())
                    .withData("biEncoder", engine.biEncoder())
                    .withData("crossEncoder", engine.crossEncoder())
                    .withData("cascade", engine.cascade())
                    .withData("device", engine.device())
                    .withData("deviceAsked", engine.deviceAsked())
                    .withData("remote", reloader.remoteUse().state())
                    .withData("cpu", engine.numerics().cpu())
                    .withData("int8", engine.numerics().int8())
                    .withData("canaryError", String.valueOf(engine.numerics().canaryError()))
                    .withData("start", start.toString())
                    .withData("scores", engine.numerics().fingerprint());
        }
    }
}
