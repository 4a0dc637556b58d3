package dev.tandem.indexing;

/**
 * Something in the input that could not be taken as it stands.
 *
 * @param kind what it is
 * @param file where it is
 * @param line 1-based; 0 where lines make no sense
 * @param detail got, expected
 */
record InputProblem(Kind kind, String file, long line, String detail) {

    enum Kind {
        BROKEN_LINE("broken lines"),
        EMPTY_TEXT("empty texts"),
        DUPLICATE_ID("duplicate ids");

        private final String plural;

        Kind(String plural) {
            this.plural = plural;
        }

        @Override
        public String toString() {
            return plural;
        }
    }

    @Override
    public String toString() {
        return line == 0 ? file + ": " + detail : file + ":" + line + ": " + detail;
    }
}
