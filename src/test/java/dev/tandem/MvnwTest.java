package dev.tandem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** {@code mvnw} on machines of several kinds; the cases are in the script. */
class MvnwTest {

    @Test
    void mvnw_itsOwnCases_allHold() throws IOException, InterruptedException {
        Process script =
                new ProcessBuilder("bash", "src/test/sh/mvnw-test.sh")
                        .redirectErrorStream(true)
                        .start();
        String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(script.waitFor()).as(output).isZero();
        assertThat(output).contains("ok - ").doesNotContain("not ok");
    }
}
