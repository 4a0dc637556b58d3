package dev.tandem.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.fixtures.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetTest {
    private static final Duration GRACE = Duration.ofMillis(30);
    private static final Duration RESERVE = Duration.ofMillis(50);

    private final ManualClock clock = new ManualClock();

    @Test
    void of_time_leavesTheGraceBehindIt() {
        Budget budget = Budget.of(Duration.ofMillis(200), GRACE, clock);

        assertThat(budget.due().remaining()).hasMillis(200);
        assertThat(budget.latest().remaining()).hasMillis(230);
    }

    @ParameterizedTest
    @CsvSource({
        "1000, 200, 230", // far away: no matter
        "280, 200, 230",
        "279, 200, 229",
        "200, 145, 150",
        "60, 5, 10",
        "55, 0, 5",
        "50, -5, 0",
        "0, -55, -50"
    })
    void within_platformsEnd_endsAReserveBeforeIt(long end, long due, long latest) {
        Deadline platform = Deadline.after(Duration.ofMillis(end), clock);
        Budget budget = Budget.of(Duration.ofMillis(200), GRACE, clock).within(platform, RESERVE);

        assertThat(budget.due().remaining()).hasMillis(due);
        assertThat(budget.latest().remaining()).hasMillis(latest);
    }

    @Test
    void new_latestNotAfterDue_isABug() {
        Deadline same = Deadline.after(GRACE, clock);

        assertThatThrownBy(() -> new Budget(same, same))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
