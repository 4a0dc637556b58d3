package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RealModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerLibraryTest {

    @TempDir private Path folder;

    @Test
    void beside_folderWithTheLibrary_isIt() throws IOException {
        Path library = Files.createFile(folder.resolve(System.mapLibraryName("tokenizers")));

        assertThat(TokenizerLibrary.beside(folder.resolve("bootstrap"))).contains(library);
    }

    @Test
    void beside_folderWithoutTheLibrary_isNothing() throws IOException {
        Files.createFile(folder.resolve(System.mapLibraryName("onnxruntime")));

        assertThat(TokenizerLibrary.beside(folder.resolve("bootstrap"))).isEmpty();
    }

    @Test
    void tokenizer_afterItWasOpened_neverCallsItsMakers() {
        assertThat(RealModels.pairTokenizer().maxQueryTokens()).isPositive();

        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
    }
}
