package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As in production, where nobody said otherwise. */
@QuarkusTest
@TestProfile(PageDisabledTest.Disabled.class)
class PageDisabledTest {

    public static class Disabled implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("tandem.page.enabled", "false");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/?q=a", "/page/page.js", "/page/page.css", "/page/icon.svg"})
    void get_notEnabled_isNotThere(String path) {
        Answer answer = Doors.get(path);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.json().path("detail").asText()).contains("/q/openapi");
    }
}
