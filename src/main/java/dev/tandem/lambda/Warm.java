package dev.tandem.lambda;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Set;

/** An event that keeps an environment at work: {@code {"warm": true}}. */
@RegisterForReflection
record Warm(boolean warm) {

    /**
     * Its answer.
     *
     * @param generation that is served
     * @param device what the cross-encoder runs on
     * @param totalMs what a search of it took
     */
    @RegisterForReflection
    record Answer(boolean warm, String generation, String device, double totalMs) {}

    /**
     * @param fields names in an event
     */
    static boolean isOne(Set<String> fields) {
        return fields.equals(Set.of("warm"));
    }
}
