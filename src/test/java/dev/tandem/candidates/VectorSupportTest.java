package dev.tandem.candidates;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.jbellis.jvector.vector.VectorizationProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VectorSupportTest {
    private static final String IMAGE_CODE = "org.graalvm.nativeimage.imagecode";
    private static final String PROVIDER = "jvector.vectorization_provider";

    @AfterEach
    void clear() {
        System.clearProperty(IMAGE_CODE);
        System.clearProperty(PROVIDER);
    }

    @Test
    void choose_inAJvm_leavesTheSimdLibrary() {
        VectorSupport.choose();

        assertThat(System.getProperty(PROVIDER)).isNull();
        assertThat(VectorizationProvider.getInstance().getClass().getSimpleName())
                .isEqualTo("NativeVectorizationProvider");
    }

    @Test
    void choose_inAnExecutable_takesPlainCode() {
        System.setProperty(IMAGE_CODE, "runtime");
        VectorSupport.choose();

        assertThat(System.getProperty(PROVIDER)).isEqualTo("default");
    }

    @Test
    void choose_afterTheUserDid_changesNothing() {
        System.setProperty(IMAGE_CODE, "runtime");
        System.setProperty(PROVIDER, "panama");
        VectorSupport.choose();

        assertThat(System.getProperty(PROVIDER)).isEqualTo("panama");
    }
}
