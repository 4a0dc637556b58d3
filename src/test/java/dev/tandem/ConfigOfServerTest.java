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
            Map.ofEntries(
                    Map.entry("tandem.search.top-k", "0"),
                    Map.entry("tandem.search.candidate-count", "49"),
                    Map.entry("tandem.search.budget", "0s"),
                    Map.entry("tandem.search.max-budget", "16m"),
                    Map.entry("tandem.search.grace", "0s"),
                    Map.entry("tandem.search.platform-reserve", "19ms"),
                    Map.entry("tandem.search.max-in-flight", "0"),
                    Map.entry("tandem.search.max-query-length", "100001"),
                    Map.entry("tandem.candidates.oversampling", "0.5"),
                    Map.entry("tandem.rerank.concurrency", "257"),
                    Map.entry("tandem.rerank.ordre", "replace"),
                    Map.entry("tandem.rerank.cascade.share", "1"),
                    Map.entry("tandem.cache.entries", "999"),
                    Map.entry("tandem.cache.poll", "0s"),
                    Map.entry("tandem.index.poll", "25h"),
                    Map.entry("tandem.admin.enable", "true"),
                    Map.entry("tandem.page.enable", "true"));

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
