package dev.tandem.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What became of the questions of one phase, and how long they took. Thread-safe. */
final class FaultFigures {

    static final String RIGHT = "right";

    /** Complete and well ranked, by a walk that began elsewhere and found others. */
    static final String OTHERS = "others";

    static final String FLAGGED = "flagged";
    static final String TYPED = "typed";

    /** An error that is none of ours. */
    static final String UNTYPED = "untyped";

    /** Complete by its own words, and not what is right. */
    static final String WRONG = "WRONG";

    private static final List<String> ALL =
            List.of(RIGHT, OTHERS, FLAGGED, TYPED, UNTYPED, WRONG);

    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final List<Long> nanos = new ArrayList<>();

    synchronized void add(String outcome, long took) {
        outcomes.merge(outcome, 1, Integer::sum);
        nanos.add(took);
    }

    static String header() {
        return "%-26s %7s %7s %7s %7s %7s %7s %7s %8s %8s %8s"
                .formatted("", "all", RIGHT, OTHERS, FLAGGED, TYPED, UNTYPED, WRONG, "p50 ms",
                        "p99 ms", "max ms");
    }

    synchronized String line(String name) {
        var line = new StringBuilder("%-26s %7d".formatted(name, nanos.size()));
        ALL.forEach(what -> line.append(" %7d".formatted(outcomes.getOrDefault(what, 0))));
        Collections.sort(nanos);
        return line.append(" %8.1f %8.1f %8.1f".formatted(at(0.5), at(0.99), at(1))).toString();
    }

    private double at(double share) {
        int index = (int) Math.ceil(nanos.size() * share) - 1;
        return nanos.isEmpty() ? Double.NaN : nanos.get(Math.max(0, index)) / 1e6;
    }
}
