package dev.tandem.indexing;

import dev.tandem.indexing.InputProblem.Kind;
import dev.tandem.model.IndexException;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Counts what could not be taken from the input, tells of the first ones, or stops the build. */
final class InputProblems {

    /** Enough to see what is going on, too few to bury it. */
    private static final int MOST_TOLD = 20;

    private final OnError onError;
    private final Consumer<String> tell;
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private int total;

    InputProblems(OnError onError, Consumer<String> tell) {
        this.onError = onError;
        this.tell = tell;
    }

    /**
     * @throws IndexException if the build is to stop
     */
    void add(InputProblem problem) {
        if (onError == OnError.STOP) {
            throw new IndexException(
                    problem
                            + ". Correct the input, or leave such passages out with --on-error skip.");
        }
        counts.merge(problem.kind(), 1, Integer::sum);
        total++;
        if (total <= MOST_TOLD) {
            tell.accept("left out: " + problem);
        } else if (total == MOST_TOLD + 1) {
            tell.accept("left out: further ones are only counted");
        }
    }

    int total() {
        return total;
    }

    /** Such as {@code 2 broken lines, 1 duplicate ids}; empty if there were none. */
    String summary() {
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }
}
