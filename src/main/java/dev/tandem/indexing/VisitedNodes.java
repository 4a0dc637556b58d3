package dev.tandem.indexing;

import java.util.Arrays;

/** A set of nodes that is emptied at no cost; it grows with what a walk visits. */
final class VisitedNodes {

    private static final int FIRST_CAPACITY = 1 << 13;
    private static final int SPREAD = 0x9E3779B9;

    private int[] nodes = new int[FIRST_CAPACITY];

    /** A slot is in use if it holds the current round. */
    private int[] rounds = new int[FIRST_CAPACITY];

    private int round = 1;
    private int count;

    void clear() {
        count = 0;
        round++;
        if (round == Integer.MAX_VALUE) {
            Arrays.fill(rounds, 0);
            round = 1;
        }
    }

    /**
     * @return false if the node was in it already
     */
    boolean add(int node) {
        int mask = nodes.length - 1;
        int slot = ((node * SPREAD) >>> 7) & mask;
        while (rounds[slot] == round) {
            if (nodes[slot] == node) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        nodes[slot] = node;
        rounds[slot] = round;
        count++;
        if (count * 2 > nodes.length) {
            grow();
        }
        return true;
    }

    private void grow() {
        int[] oldNodes = nodes;
        int[] oldRounds = rounds;
        nodes = new int[oldNodes.length * 2];
        rounds = new int[oldNodes.length * 2];
        count = 0;
        for (int i = 0; i < oldNodes.length; i++) {
            if (oldRounds[i] == round) {
                add(oldNodes[i]);
            }
        }
    }
}
