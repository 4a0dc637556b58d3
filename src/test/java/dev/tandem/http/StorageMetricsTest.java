package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.Doors;
import dev.tandem.model.StorageFailure;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a healthy server shows of its storage. */
@QuarkusTest
class StorageMetricsTest {

    @ParameterizedTest
    @EnumSource(StorageFailure.class)
    void metrics_failures_areCountedByKind(StorageFailure kind) {
        assertThat(lines("tandem_storage_failures_total"))
                .as(kind.label())
                .filteredOn(line -> line.contains("kind=\"" + kind.label() + '"'))
                .hasSize(1);
    }

    @Test
    void metrics_healthyStorage_isNotFailing() {
        for (String name :
                List.of(
                        "tandem_storage_failing",
                        "tandem_storage_hanging",
                        "tandem_cache_failures_total")) {
            assertThat(lines(name)).as(name).singleElement().asString().endsWith(" 0.0");
        }
    }

    private static List<String> lines(String name) {
        return Doors.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .toList();
    }
}
