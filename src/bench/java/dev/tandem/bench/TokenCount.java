package dev.tandem.bench;

/**
 * Tokens that were computed.
 *
 * @param real special tokens included
 * @param padded those and the padding
 */
record TokenCount(long real, long padded) {

    static final TokenCount NONE = new TokenCount(0, 0);

    TokenCount plus(TokenCount other) {
        return new TokenCount(real + other.real, padded + other.padded);
    }

    /** 1 without padding. */
    double ratio() {
        return (double) padded / real;
    }
}
