package dev.tandem.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChromiumTest {

    @TempDir Path folder;

    @Test
    void find_noneThere_saysWhatToInstall() {
        Path missing = folder.resolve("chromium");

        assertThatThrownBy(() -> Chromium.find(null, List.of(missing)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(
                        missing.toString(), "apt-get install chromium", "TANDEM_CHROMIUM");
    }

    @Test
    void find_named_isThatOneOrNone() throws IOException {
        Path there = executable("there");
        Path named = executable("named");

        assertThat(Chromium.find(named.toString(), List.of(there))).isEqualTo(named);
        assertThat(Chromium.find(null, List.of(folder.resolve("missing"), there))).isEqualTo(there);
        assertThatThrownBy(() -> Chromium.find(folder.resolve("typo").toString(), List.of(there)))
                .hasMessageContaining("typo");
    }

    private Path executable(String name) throws IOException {
        Path file = Files.createFile(folder.resolve(name));
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
