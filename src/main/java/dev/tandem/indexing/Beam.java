package dev.tandem.indexing;

/** The best nodes that a walk has met, best first, and which of them it has followed. */
final class Beam {

    private final int[] nodes;
    private final float[] scores;
    private final boolean[] followed;
    private int size;

    /** Before it, every node has been followed. */
    private int next;

    Beam(int width) {
        nodes = new int[width];
        scores = new float[width];
        followed = new boolean[width];
    }

    void clear() {
        size = 0;
        next = 0;
    }

    int size() {
        return size;
    }

    int node(int index) {
        return nodes[index];
    }

    float score(int index) {
        return scores[index];
    }

    /** Whether a node of this score would find a place. */
    boolean takes(float score) {
        return size < nodes.length || score > scores[size - 1];
    }

    /** Takes a node in, and drops the worst one if there is no room. */
    void add(int node, float score) {
        int at = place(score);
        if (at == nodes.length) {
            return;
        }
        int moved = Math.min(size, nodes.length - 1) - at;
        System.arraycopy(nodes, at, nodes, at + 1, moved);
        System.arraycopy(scores, at, scores, at + 1, moved);
        System.arraycopy(followed, at, followed, at + 1, moved);
        nodes[at] = node;
        scores[at] = score;
        followed[at] = false;
        size = Math.min(size + 1, nodes.length);
        next = Math.min(next, at);
    }

    /** The best node that was not followed yet, and marks it; -1 if there is none. */
    int follow() {
        while (next < size && followed[next]) {
            next++;
        }
        if (next == size) {
            return -1;
        }
        followed[next] = true;
        return nodes[next];
    }

    /** Behind all that are at least as good. */
    private int place(float score) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (scores[middle] >= score) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
