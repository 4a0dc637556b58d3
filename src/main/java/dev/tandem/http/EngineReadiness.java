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
            var manifest = live.engine().generation().manifest();
            response.withData("generation", manifest.generation())
                    .withData("passages", manifest.passages())
                    .withData("biEncoder", manifest.biEncoder().name())
                    .withData("crossEncoder", live.engine().crossEncoder())
                    .withData("device", live.engine().device());
        }
        return response.build();
    }
}
