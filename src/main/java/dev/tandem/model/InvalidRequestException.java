package dev.tandem.model;

import java.util.List;

/** A request that cannot be answered as it stands; the caller must change it. */
public final class InvalidRequestException extends SearchException {

    /** What kind of wrong: a body that cannot be read, or values that are out of bounds. */
    public enum Kind {
        MALFORMED,
        OUT_OF_BOUNDS,
        TOO_LARGE
    }

    /**
     * One thing that is wrong.
     *
     * @param field name of the field, or empty for the body as a whole
     * @param detail got, expected and what to do
     */
    public record Violation(String field, String detail) {}

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final transient List<Violation> violations;

    public InvalidRequestException(Kind kind, List<Violation> violations) {
        super(describe(violations), null);
        this.kind = kind;
        this.violations = List.copyOf(violations);
    }

    public InvalidRequestException(Kind kind, String field, String detail) {
        this(kind, List.of(new Violation(field, detail)));
    }

    public Kind kind() {
        return kind;
    }

    public List<Violation> violations() {
        return violations;
    }

    private static String describe(List<Violation> violations) {
        return String.join(
                "; ",
                violations.stream()
                        .map(v -> v.field().isEmpty() ? v.detail() : v.field() + ": " + v.detail())
                        .toList());
    }
}
