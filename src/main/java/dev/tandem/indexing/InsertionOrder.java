package dev.tandem.indexing;

import java.math.BigInteger;

/**
 * The order in which nodes enter the graph: the entry node, then the others so that neighbours in
 * the corpus come far apart, for the first nodes' links are the graph's long ones. It is computed,
 * not stored: {@code ordinal(rank) = rank * step mod size}, with a step that shares no factor with
 * the size.
 */
final class InsertionOrder {

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private final int size;
    private final long step;
    private final long inverse;
    private final int entry;

    InsertionOrder(int size, int entry) {
        this.size = size;
        this.entry = entry;
        step = coprime(size);
        inverse =
                size == 1
                        ? 0
                        : BigInteger.valueOf(step).modInverse(BigInteger.valueOf(size)).longValue();
    }

    /** The node at a place of the order, 0..size-1. */
    int ordinal(int rank) {
        return swapped((int) (rank * step % size));
    }

    /** The place of a node in the order. */
    int rank(int ordinal) {
        return (int) (swapped(ordinal) * inverse % size);
    }

    /** The entry node changes places with ordinal 0, which the formula puts first. */
    private int swapped(int ordinal) {
        return ordinal == 0 ? entry : ordinal == entry ? 0 : ordinal;
    }

    private static long coprime(int size) {
        long step = Math.max(1, Math.round(size * GOLDEN));
        while (gcd(step, size) != 1) {
            step++;
        }
        return step;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
