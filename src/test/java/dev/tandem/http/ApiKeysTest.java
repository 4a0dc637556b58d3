package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Doors;
import dev.tandem.fixtures.Doors.Answer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that wants keys. */
@QuarkusTest
@TestProfile(ApiKeysTest.WithKeys.class)
class ApiKeysTest {
    private static final String SEARCH = "{\"query\": \"vpc\", \"candidateCount\": 50}";
    private static final Path FILE = Path.of("target", "api-keys-test.txt");
    private static final String FIRST = "first-key-of-the-test";
    private static final String SECOND = "second-key-of-the-test";
    private static final String THIRD = "third-key-of-the-test";

    public static class WithKeys implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            write("# operators\n" + THIRD + "\n");
            return Map.of(
                    "tandem.auth.keys",
                    FIRST + "," + SECOND,
                    "tandem.auth.keys-file",
                    FILE.toString(),
                    "tandem.auth.poll",
                    "1s");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer first-key-of-the-test",
        "Authorization, bearer second-key-of-the-test",
        "X-Api-Key, second-key-of-the-test",
        "X-Api-Key, third-key-of-the-test"
    })
    void post_withAKey_isAnswered(String header, String value) {
        assertThat(Doors.postTo("/v1/search", SEARCH, header, value).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "Authorization, Bearer first-key-of-the-tesT",
        "Authorization, Bearer",
        "Authorization, first-key-of-the-test",
        "Authorization, Basic first-key-of-the-test",
        "X-Api-Key, first-key-of-the-test-and-more",
        "X-Other, first-key-of-the-test"
    })
    void post_withoutAKey_isRefused(String header, String value) {
        Answer answer = Doors.postTo("/v1/search", SEARCH, header, value);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(answer.json().path("type").asText()).endsWith(":unauthorized");
        assertThat(answer.body()).doesNotContain("-of-the-test");
    }

    @Test
    void everything_butHealth_wantsAKey() {
        assertThat(Doors.get("/q/health/ready").status()).isEqualTo(200);
        for (String path : new String[] {"/v1/search?q=a", "/q/metrics", "/q/openapi", "/nope"}) {
            assertThat(Doors.get(path).status()).as(path).isEqualTo(401);
        }
        assertThat(Doors.postTo("/admin/reload", "").status()).isEqualTo(401);
    }

    @Test
    void refusal_isInTheShapeOfThePath() {
        assertThat(Doors.postTo("/v2/rerank", "{}").json().path("message").asText())
                .contains("Bearer KEY");
        assertThat(Doors.postTo("/rerank", "{}").json().path("error").asText())
                .contains("Bearer KEY");
        assertThat(Doors.postTo("/v1/embeddings", "{}").json().at("/error/message").asText())
                .contains("Bearer KEY");
    }

    @Test
    void file_thatChanges_isReadAgain() throws InterruptedException {
        write("a-new-key-of-the-test\n");
        await("a-new-key-of-the-test", 200);
        await(THIRD, 401);
        // A file that cannot be read as keys leaves those in force.
        write("short\n");
        Thread.sleep(1_500);
        assertThat(status("a-new-key-of-the-test")).isEqualTo(200);
        write(THIRD + "\n");
        await(THIRD, 200);
    }

    private static void await(String key, int status) throws InterruptedException {
        for (int i = 0; i < 200 && status(key) != status; i++) {
            Thread.sleep(50);
        }
        assertThat(status(key)).isEqualTo(status);
    }

    private static int status(String key) {
        return Doors.postTo("/v1/search", SEARCH, "X-Api-Key", key).status();
    }

    private static void write(String keys) {
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, keys);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
