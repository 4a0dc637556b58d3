package dev.tandem.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.Faults;
import dev.tandem.fixtures.IndexAt;
import dev.tandem.fixtures.TwoGenerations;
import dev.tandem.model.ModelException;
import dev.tandem.retrieval.StartTimes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Readiness follows the storage both ways, without a call and without a restart. */
@Timeout(120)
class EngineReadinessTest {
    private static final Duration BOUND = Duration.ofSeconds(1);

    @TempDir private Path folder;
    private final Faults faults = new Faults();
    private TwoGenerations two;
    private EngineReadiness readiness;

    @BeforeEach
    void open() {
        Path index = faults.in(folder.resolve("index"));
        two = TwoGenerations.open(folder, IndexAt.unwatched(index));
        readiness = new EngineReadiness(two.live(), two.reloader(), new StartTimes());
    }

    @AfterEach
    void close() {
        faults.end();
        two.close();
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                failure("unreadable", faults -> faults.failReads("Input/output error")),
                failure("stale", faults -> faults.failReads("Stale file handle")),
                failure("hanging", Faults::stallReads));
    }

    private static Arguments failure(String label, Consumer<Faults> begin) {
        return Arguments.of(label, begin);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void call_storageThatFails_isDownWithTheReasonAndUpAgain(String label, Consumer<Faults> begin)
            throws InterruptedException {
        assertThat(call().getStatus()).isEqualTo(Status.UP);
        begin.accept(faults);
        awaitStatus(Status.DOWN);

        Map<String, Object> data = call().getData().orElseThrow();
        assertThat(data.get("storage")).asString().contains(label);
        assertThat(data.toString()).doesNotContain(folder.toString());

        faults.end();
        awaitStatus(Status.UP);
        assertThat(call().getData().orElseThrow()).doesNotContainKey("storage");
    }

    private void awaitStatus(Status status) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (call().getStatus() != status) {
            assertThat(System.nanoTime()).as("patience for " + status).isLessThan(end);
            Thread.sleep(10);
        }
    }

    /** Whatever the storage does, it is asked on other threads. */
    private HealthCheckResponse call() {
        long start = System.nanoTime();
        HealthCheckResponse response = readiness.call();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        return response;
    }

    @Test
    void call_modelsThatAreOtherOnes_isDownAndNothingIsAnswered() {
        two.live().refuse(new ModelException("/models/x is not the file"));

        HealthCheckResponse response = readiness.call();
        assertThat(response.getStatus()).isEqualTo(Status.DOWN);
        assertThat(String.valueOf(response.getData().orElseThrow().get("models")))
                .contains("not the one that its card describes")
                .doesNotContain("/models/x");
        assertThatThrownBy(two.live()::acquire).isInstanceOf(ModelException.class);
    }
}
