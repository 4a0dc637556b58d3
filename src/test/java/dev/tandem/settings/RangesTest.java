package dev.tandem.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangesTest {

    @ConfigMapping(prefix = "tandem.test")
    public interface Mapping {
        @Range(from = "1", to = "10")
        int wholeNumber();

        @Range(from = "0.5", to = "1.5")
        double factor();

        @Range(from = "1ms", to = "1m")
        Duration time();

        @Range(from = "2")
        OptionalInt unboundedAbove();

        int anything();
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5, 1ms, 2", "10, 1.5, 1m, 2147483647", "5, 1, 1s, ''"})
    void validate_valuesAtBothEndsAndBetween_areTaken(
            String whole, String factor, String time, String optional) {
        assertThatCode(() -> read(whole, factor, time, optional)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1s, 2, 'tandem.test.whole-number: got 0, expected 1 to 10'",
        "11, 1, 1s, 2, 'tandem.test.whole-number: got 11, expected 1 to 10'",
        "1, 0.49, 1s, 2, 'tandem.test.factor: got 0.49, expected 0.5 to 1.5'",
        "1, NaN, 1s, 2, 'tandem.test.factor: got NaN, expected 0.5 to 1.5'",
        "1, Infinity, 1s, 2, 'tandem.test.factor: got Infinity, expected 0.5 to 1.5'",
        "1, 1, 0s, 2, 'tandem.test.time: got 0ms, expected 1ms to 1m'",
        "1, 1, 61s, 2, 'tandem.test.time: got 61000ms, expected 1ms to 1m'",
        "1, 1, 1s, 1, 'tandem.test.unbounded-above: got 1, expected 2 or more'"
    })
    void validate_aValueOutOfRange_isRefusedWithWhatIsExpected(
            String whole, String factor, String time, String optional, String refusal) {
        assertThatThrownBy(() -> read(whole, factor, time, optional))
                .isInstanceOf(ConfigValidationException.class)
                .hasMessageContaining(refusal);
    }

    @Test
    void validate_severalValuesOutOfRange_namesThemAll() {
        assertThatThrownBy(() -> read("0", "2", "2m", "0"))
                .isInstanceOfSatisfying(
                        ConfigValidationException.class,
                        e -> assertThat(e.getProblemCount()).isEqualTo(4));
    }

    private static Mapping read(String whole, String factor, String time, String optional) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withValidator(new Ranges())
                .withMapping(Mapping.class)
                .withDefaultValues(
                        Map.of(
                                "tandem.test.whole-number", whole,
                                "tandem.test.factor", factor,
                                "tandem.test.time", time,
                                "tandem.test.unbounded-above", optional,
                                "tandem.test.anything", "-1"))
                .build()
                .getConfigMapping(Mapping.class);
    }
}
