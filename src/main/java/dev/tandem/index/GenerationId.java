package dev.tandem.index;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A generation's id, which is the time of its creation in UTC to the millisecond. The order of the
 * texts is the order in time.
 *
 * @param text such as {@code 20261123T004029-053}
 * @param created the same as an instant
 */
record GenerationId(String text, Instant created) {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss-SSS").withZone(ZoneOffset.UTC);

    static GenerationId of(Instant now) {
        String text = FORMAT.format(now);
        return new GenerationId(text, Instant.from(FORMAT.parse(text)));
    }

    /** Empty for a name that is no generation's id. */
    static Optional<GenerationId> parse(String name) {
        try {
            return Optional.of(new GenerationId(name, Instant.from(FORMAT.parse(name))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
