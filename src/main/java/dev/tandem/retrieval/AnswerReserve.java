package dev.tandem.retrieval;

import java.time.Duration;

/**
 * How long it takes from the end of scoring to the answer, learned from every answer: quickly when
 * it gets longer, slowly when it gets shorter. Thread-safe.
 */
final class AnswerReserve {

    private static final double LONGER = 0.5;
    private static final double SHORTER = 0.05;
    private static final double FIRST_MILLIS = 3;
    private static final double LEAST_MILLIS = 1;
    private static final double MOST_MILLIS = 50;

    private double millis = FIRST_MILLIS;

    synchronized Duration get() {
        return Duration.ofNanos((long) (millis * 1e6));
    }

    synchronized void observe(Duration took) {
        double error = took.toNanos() / 1e6 - millis;
        double learned = millis + (error > 0 ? LONGER : SHORTER) * error;
        millis = Math.clamp(learned, LEAST_MILLIS, MOST_MILLIS);
    }
}
