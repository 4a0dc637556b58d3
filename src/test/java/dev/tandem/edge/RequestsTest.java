package dev.tandem.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestsTest {
    @ParameterizedTest
    @CsvSource({
        "200, 0, 2, 0",
        "200, 1, 2, 0",
        "200, 2, 2, 6",
        "200, 32, 2, 6",
        "60, 32, 2, 3",
        "20, 32, 2, 1",
        "10000, 32, 64, 0"
    })
    void sending_moreRequestsThanCores_takesALittleOfTheBudget(
            int budget, int inside, int cores, int left) {
        assertThat(Requests.sending(Duration.ofMillis(budget), inside, cores))
                .isEqualTo(Duration.ofMillis(left));
    }
}
