package dev.tandem.candidates;

/**
 * The dot product of two vectors, with the same bits on every host and in every kind of executable:
 * JVector's differ by the SIMD that it finds, and in a native executable each of its calls into its
 * library costs more than the sum itself.
 */
final class DotProduct {

    /** Sums side by side, so that one need not wait for the other. */
    private static final int LANES = 8;

    private DotProduct() {}

    /** Of vectors of one length. */
    static float of(float[] a, float[] b) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int i = 0;
        for (int last = a.length - LANES; i <= last; i += LANES) {
            s0 = Math.fma(a[i], b[i], s0);
            s1 = Math.fma(a[i + 1], b[i + 1], s1);
            s2 = Math.fma(a[i + 2], b[i + 2], s2);
            s3 = Math.fma(a[i + 3], b[i + 3], s3);
            s4 = Math.fma(a[i + 4], b[i + 4], s4);
            s5 = Math.fma(a[i + 5], b[i + 5], s5);
            s6 = Math.fma(a[i + 6], b[i + 6], s6);
            s7 = Math.fma(a[i + 7], b[i + 7], s7);
        }
        for (; i < a.length; i++) {
            s0 = Math.fma(a[i], b[i], s0);
        }
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    }
}
