package dev.tandem.candidates;

import java.util.Arrays;

/** Scores by node; emptied and filled again from walk to walk. */
final class NodeScores {

    private static final int FIRST_CAPACITY = 1 << 10;
    private static final int SPREAD = 0x9E3779B9;
    private static final int FREE = -1;

    private int[] nodes = new int[FIRST_CAPACITY];
    private float[] scores = new float[FIRST_CAPACITY];
    private int count;

    NodeScores() {
        Arrays.fill(nodes, FREE);
    }

    void clear() {
        if (count > 0) {
            Arrays.fill(nodes, FREE);
            count = 0;
        }
    }

    void put(int node, float score) {
        int slot = slot(node);
        if (nodes[slot] == FREE) {
            count++;
        }
        nodes[slot] = node;
        scores[slot] = score;
        if (count * 2 > nodes.length) {
            grow();
        }
    }

    /** The node's score, or {@code otherwise} if it has none. */
    float get(int node, float otherwise) {
        int slot = slot(node);
        return nodes[slot] == node ? scores[slot] : otherwise;
    }

    private int slot(int node) {
        int mask = nodes.length - 1;
        int slot = ((node * SPREAD) >>> 7) & mask;
        while (nodes[slot] != FREE && nodes[slot] != node) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] oldNodes = nodes;
        float[] oldScores = scores;
        nodes = new int[oldNodes.length * 2];
        scores = new float[oldNodes.length * 2];
        Arrays.fill(nodes, FREE);
        count = 0;
        for (int i = 0; i < oldNodes.length; i++) {
            if (oldNodes[i] != FREE) {
                put(oldNodes[i], oldScores[i]);
            }
        }
    }
}
