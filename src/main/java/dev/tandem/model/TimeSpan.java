package dev.tandem.model;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a date or an instant covers: a date its whole day in UTC, an instant its microsecond.
 *
 * @param from first instant, whole microseconds
 * @param until first instant after it
 */
public record TimeSpan(Instant from, Instant until) {

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern INSTANT =
            Pattern.compile(
                    "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:\\d\\d)");

    /**
     * Empty for a string that is neither an ISO 8601 date, {@code 2026-03-01}, nor an instant,
     * {@code 2026-03-01T10:20:30.5+01:00}. Without Z or offset a time of day is no instant.
     */
    public static Optional<TimeSpan> parse(String text) {
        try {
            if (DATE.matcher(text).matches()) {
                return Optional.of(ofDay(LocalDate.parse(text)));
            }
            if (INSTANT.matcher(text).matches()) {
                return Optional.of(ofMicrosecond(OffsetDateTime.parse(text).toInstant()));
            }
        } catch (DateTimeException e) {
            // Looks like a date and is none, such as the 30th of February.
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static TimeSpan ofDay(LocalDate day) {
        return new TimeSpan(
                day.atStartOfDay(ZoneOffset.UTC).toInstant(),
                day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    private static TimeSpan ofMicrosecond(Instant instant) {
        Instant from = instant.truncatedTo(ChronoUnit.MICROS);
        return new TimeSpan(from, from.plus(1, ChronoUnit.MICROS));
    }
}
