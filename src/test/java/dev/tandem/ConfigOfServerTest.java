package dev.tandem;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.test.junit.main.Launch;
import io.quarkus.test.junit.main.LaunchResult;
import io.quarkus.test.junit.main.QuarkusMainTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A server with impossible configuration must not start, and must say why. */
@QuarkusMainTest
@TestProfile(ConfigOfServerTest.Impossible.class)
class ConfigOfServerTest {

    private static final Map<String, String> IMPOSSIBLE =
            Map.of(
                    "tandem.search.top-k", "0",
                    "tandem.search.candidate-count", "49",
                    "tandem.search.budget", "0s",
                    "tandem.search.max-query-length", "100001",
                    "tandem.candidates.oversampling", "0.5",
                    "tandem.rerank.concurrency", "257",
                    "tandem.rerank.ordre", "replace",
                    "tandem.index.poll", "25h",
                    "tandem.admin.enable", "true");

    public static class Impossible implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return IMPOSSIBLE;
        }
    }

    @Test
    @Launch(
            value = {},
            exitCode = 1)
    void start_impossibleConfiguration_isRefusedKeyByKey(LaunchResult result) {
        String said = result.getOutput() + result.getErrorOutput();

        for (String key : IMPOSSIBLE.keySet()) {
            assertThat(said).contains(key);
        }
    }
}
