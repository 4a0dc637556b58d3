package dev.tandem.model;

import java.util.Optional;
import java.util.stream.Stream;

/** How the two stages make one order of what both scored. */
public enum Order {
    /** A weighted sum of logit and similarity, with the weights of the cross-encoder's card. */
    BLEND("blend"),
    /** The cross-encoder decides alone. */
    REPLACE("replace"),
    /** Reciprocal rank fusion: the places in both orders count, the scores do not. */
    RRF("rrf");

    private final String text;

    Order(String text) {
        this.text = text;
    }

    /** The one with this name; empty if there is none. */
    public static Optional<Order> named(String text) {
        return Stream.of(values()).filter(one -> one.text.equals(text)).findFirst();
    }

    /** The name in requests and settings. */
    @Override
    public String toString() {
        return text;
    }
}
