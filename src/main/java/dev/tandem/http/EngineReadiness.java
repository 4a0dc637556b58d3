package dev.tandem.http;

import dev.tandem.retrieval.LiveEngine;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the models are loaded and the index is open. */
@Readiness
public class EngineReadiness implements HealthCheck {

    private final LiveEngine live;

    EngineReadiness(LiveEngine live) {
        this.live = live;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("search engine").status(live.isReady());
        if (live.isReady()) {
            var engine = live.engine();
            response.withData("generation", engine.generationId())
                    .withData("passages", engine.passages())
                    .withData("biEncoder", engine.biEncoder())
                    .withData("crossEncoder", engine.crossEncoder())
                    .withData("device", engine.device());
        }
        return response.build();
    }
}
