package dev.tandem.indexing;

import java.util.Arrays;

/**
 * Chooses a node's neighbours among candidates so that they lie in different directions: DiskANN's
 * robust prune (Subramanya et al., 2019). A candidate c of node p is dropped if a chosen neighbour
 * s is nearer to it by the factor alpha, {@code alpha * d(s, c) < d(p, c)}, with {@code d = 1 -
 * cosine}. First with alpha 1, which takes the most different ones, then with the graph's. Belongs
 * to one thread.
 */
final class NeighborSelection {

    /** Codes that are so near are copies; equal ones differ by rounding. */
    private static final float COPY = 1e-6f;

    private final Int8Codes codes;
    private final int maxDegree;
    private final float alpha;
    private final int[] nodes;
    private final float[] distances;
    private final byte[][] rows;
    private final float[] scales;

    /** How much nearer a chosen neighbour is to the candidate than the node itself, at most. */
    private final float[] occlusion;

    /** With how many of the chosen the candidate was compared. */
    private final int[] compared;

    private final int[] chosen;
    private final boolean[] isChosen;
    private int count;

    /**
     * @param most candidates at a time
     */
    NeighborSelection(Int8Codes codes, int maxDegree, float alpha, int most) {
        this.codes = codes;
        this.maxDegree = maxDegree;
        this.alpha = alpha;
        nodes = new int[most];
        distances = new float[most];
        rows = new byte[most][codes.dimension()];
        scales = new float[most];
        occlusion = new float[most];
        compared = new int[most];
        isChosen = new boolean[most];
        chosen = new int[maxDegree];
    }

    void clear() {
        count = 0;
    }

    /** Adds a candidate; they must come best first. */
    void add(int node, float cosine) {
        nodes[count] = node;
        distances[count] = Math.max(0, 1 - cosine);
        scales[count] = codes.read(node, rows[count]);
        count++;
    }

    /**
     * @param into int[maxDegree], the chosen nodes
     * @return how many were chosen
     */
    int select(int[] into) {
        Arrays.fill(occlusion, 0, count, 0);
        Arrays.fill(compared, 0, count, 0);
        Arrays.fill(isChosen, 0, count, false);
        int taken = take(0, 1);
        taken = take(taken, alpha);
        for (int i = 0; i < taken; i++) {
            into[i] = nodes[chosen[i]];
        }
        return taken;
    }

    private int take(int before, float limit) {
        int taken = before;
        for (int i = 0; i < count && taken < maxDegree; i++) {
            if (!isChosen[i] && isFree(i, taken, limit)) {
                isChosen[i] = true;
                chosen[taken++] = i;
            }
        }
        return taken;
    }

    /** Whether no chosen neighbour occludes the candidate; each pair is compared once. */
    private boolean isFree(int candidate, int taken, float limit) {
        while (occlusion[candidate] <= limit && compared[candidate] < taken) {
            int other = chosen[compared[candidate]++];
            float between = distance(candidate, other);
            // A copy of a chosen neighbour adds no direction.
            float factor = between <= COPY ? Float.MAX_VALUE : distances[candidate] / between;
            occlusion[candidate] = Math.max(occlusion[candidate], factor);
        }
        return occlusion[candidate] <= limit;
    }

    private float distance(int a, int b) {
        return 1 - Int8Codes.cosine(rows[a], scales[a], rows[b], scales[b]);
    }
}
