package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Skipped;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RemoteOrderTest {
    private final Scoreboard board = new Scoreboard(10, Convergence.NEVER);
    private final RemoteOrder order = new RemoteOrder(board, 10);

    @Test
    void next_fromTheMiddle_goesUpAndThenBackToTheLocalLanes() {
        order.begin(6);
        order.passed(3);

        assertThat(rest()).containsExactly(6, 7, 8, 9, 5, 4, 3);
    }

    @Test
    void next_beforeItBegan_isNone() {
        assertThat(rest()).isEmpty();
    }

    @Test
    void next_settledCandidates_areLeftOut() {
        order.begin(6);
        settle(7);
        settle(1);

        assertThat(rest()).containsExactly(6, 8, 9, 5, 4, 3, 2, 0);
    }

    @Test
    void repeat_whatIsNotSettled_isGivenOutOnceMore() {
        order.begin(6);
        rest();
        order.passed(2);
        List.of(3, 4, 6, 7, 9).forEach(this::settle);

        assertThat(order.mayRepeat()).isTrue();
        order.repeat();
        assertThat(rest()).containsExactly(2, 5, 8);
        assertThat(order.mayRepeat()).isFalse();
    }

    @Test
    void mayRepeat_allSettled_isNotNeeded() {
        order.begin(0);
        rest().forEach(this::settle);

        assertThat(order.mayRepeat()).isFalse();
    }

    private List<Integer> rest() {
        List<Integer> rest = new ArrayList<>();
        for (int next = order.next(); next >= 0; next = order.next()) {
            rest.add(next);
        }
        return rest;
    }

    private void settle(int index) {
        board.settle(new Skipped(index, Reason.FAILED));
    }
}
