package dev.tandem.rerank;

/** Linear least squares with coefficients that are not negative, by coordinate descent. */
final class NonNegativeFit {

    private static final int ROUNDS = 5_000;

    private NonNegativeFit() {}

    /**
     * Minimises the sum of squared relative errors.
     *
     * @param rows [samples][coefficients]
     * @param values [samples], above 0
     * @return [coefficients]
     */
    static double[] relative(double[][] rows, double[] values) {
        double[][] scaled = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            scaled[i] = rows[i].clone();
            for (int j = 0; j < scaled[i].length; j++) {
                scaled[i][j] /= values[i];
            }
        }
        double[] fit = new double[rows[0].length];
        for (int round = 0; round < ROUNDS; round++) {
            for (int j = 0; j < fit.length; j++) {
                improve(fit, scaled, j);
            }
        }
        return fit;
    }

    /** Sets one coefficient to its best value beside the others; the target is 1 in each row. */
    private static void improve(double[] fit, double[][] rows, int j) {
        double along = 0;
        double square = 0;
        for (double[] row : rows) {
            double rest = 1;
            for (int k = 0; k < fit.length; k++) {
                rest -= k == j ? 0 : row[k] * fit[k];
            }
            along += row[j] * rest;
            square += row[j] * row[j];
        }
        fit[j] = square == 0 ? 0 : Math.max(0, along / square);
    }
}
