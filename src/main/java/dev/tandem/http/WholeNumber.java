package dev.tandem.http;

import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import org.jspecify.annotations.Nullable;

/** A number in a URL. JAX-RS would answer 404 for one that cannot be read. */
final class WholeNumber {

    private WholeNumber() {}

    static @Nullable Integer parse(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        try {
            return Integer.valueOf(value);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException(
                    Kind.MALFORMED,
                    name,
                    "got \"%.20s\", expected a whole number within 32 bits".formatted(value));
        }
    }
}
