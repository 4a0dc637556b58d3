package dev.tandem.indexing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
    private static final String IMAGE_CODE = "org.graalvm.nativeimage.imagecode";

    @AfterEach
    void clear() {
        System.clearProperty(IMAGE_CODE);
    }

    @Test
    void close_inAJvm_freesTheBytes(@TempDir Path folder) throws IOException {
        MappedFile mapped = MappedFile.writable(folder.resolve("codes"), 0, 8);
        mapped.close();

        assertThatIllegalStateException().isThrownBy(() -> mapped.bytes().get(JAVA_BYTE, 0));
    }

    @Test
    void close_inAnExecutable_leavesThatToTheCollector(@TempDir Path folder) throws IOException {
        System.setProperty(IMAGE_CODE, "runtime");
        Path file = folder.resolve("codes");
        MappedFile mapped = MappedFile.writable(file, 0, 8);
        mapped.bytes().set(JAVA_BYTE, 3, (byte) 7);
        mapped.close();

        assertThat(mapped.bytes().get(JAVA_BYTE, 3)).isEqualTo((byte) 7);
        assertThat(Files.readAllBytes(file)).containsExactly(0, 0, 0, 7, 0, 0, 0, 0);
    }
}
