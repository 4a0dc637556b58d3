package dev.tandem.model;

import java.math.BigInteger;
import java.util.Optional;

/** A value of a passage's metadata that a {@link Filter} can be compared with. */
public sealed interface MetadataValue {

    /** A string, compared character by character. */
    record Text(String value) implements MetadataValue {}

    /** A boolean. */
    record Flag(boolean value) implements MetadataValue {}

    /**
     * A number in its one form: 2 and 2.0 are the same whole number, and a whole number of 64 bits
     * keeps all its digits, of which a double has room for 15.
     */
    sealed interface Numeric extends MetadataValue {

        /** Empty for a number that no double comes near, such as 1e400. */
        static Optional<Numeric> of(Number number) {
            return switch (number) {
                case Integer whole -> Optional.of(new Whole(whole));
                case Long whole -> Optional.of(new Whole(whole));
                case BigInteger whole when whole.bitLength() < Long.SIZE ->
                        Optional.of(new Whole(whole.longValue()));
                default -> of(number.doubleValue());
            };
        }

        private static Optional<Numeric> of(double number) {
            if (!Double.isFinite(number)) {
                return Optional.empty();
            }
            boolean whole = number == Math.rint(number) && number >= -0x1p63 && number < 0x1p63;
            return Optional.of(whole ? new Whole((long) number) : new Fraction(number));
        }
    }

    /** A whole number of 64 bits. */
    record Whole(long value) implements Numeric {}

    /** A finite number that is no whole number of 64 bits; made by {@link Numeric#of}. */
    record Fraction(double value) implements Numeric {}
}
