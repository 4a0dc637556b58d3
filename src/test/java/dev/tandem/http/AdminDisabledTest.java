package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** As in production, where nobody said otherwise. */
@QuarkusTest
@TestProfile(AdminDisabledTest.Disabled.class)
class AdminDisabledTest {

    public static class Disabled implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("tandem.admin.enabled", "false");
        }
    }

    @Test
    void reload_notEnabled_isNotThere() {
        Answer answer = Doors.method("POST", "/admin/reload");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.contentType()).startsWith("application/problem+json");
    }
}
