package dev.tandem.candidates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DotProductTest {
    private static final Offset<Double> ROUNDING = Offset.offset(1e-4);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 9, 31, 384, 1_023})
    void of_anyLength_isTheSumOfProducts(int length) {
        var random = new Random(length);
        float[] a = new float[length];
        float[] b = new float[length];
        double sum = 0;
        for (int i = 0; i < length; i++) {
            a[i] = random.nextFloat() - 0.5f;
            b[i] = random.nextFloat() - 0.5f;
            sum += (double) a[i] * b[i];
        }

        assertThat((double) DotProduct.of(a, b)).isCloseTo(sum, ROUNDING);
    }
}
