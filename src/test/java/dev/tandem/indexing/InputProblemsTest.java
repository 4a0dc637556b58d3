package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.indexing.InputProblem.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputProblemsTest {
    private final List<String> told = new ArrayList<>();
    private final InputProblems problems = new InputProblems(OnError.SKIP, told::add);

    @Test
    void summary_noProblems_isEmpty() {
        assertThat(problems.summary()).isEmpty();
    }

    @Test
    void summary_severalKinds_countsEach() {
        problems.add(new InputProblem(Kind.DUPLICATE_ID, "f", 3, "twice"));
        problems.add(new InputProblem(Kind.BROKEN_LINE, "f", 1, "broken"));
        problems.add(new InputProblem(Kind.BROKEN_LINE, "f", 2, "broken"));

        assertThat(problems.summary()).isEqualTo("2 broken lines, 1 duplicate ids");
        assertThat(problems.total()).isEqualTo(3);
    }

    @Test
    void add_manyProblems_tellsOfTheFirstTwentyAndCountsAll() {
        for (int line = 1; line <= 1_000; line++) {
            problems.add(new InputProblem(Kind.BROKEN_LINE, "f", line, "broken"));
        }

        assertThat(told).hasSize(21);
        assertThat(told.get(19)).isEqualTo("left out: f:20: broken");
        assertThat(told.getLast()).contains("only counted");
        assertThat(problems.total()).isEqualTo(1_000);
    }

    @Test
    void toString_noLine_namesTheFileOnly() {
        assertThat(new InputProblem(Kind.EMPTY_TEXT, "a.md", 0, "the file is empty"))
                .hasToString("a.md: the file is empty");
    }
}
