package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerFileTest {
    private static final String UNIGRAM =
            """
            {"version": "1.0", "truncation": null, "model": {"type": "Unigram", "unk_id": 0,
              "vocab": [["<unk>", 0.0], ["▁zeit", -3.5], ["!", -1e-7], ["9", -12.25]], "more": {"a": [1]}},
             "added_tokens": [{"id": 7, "content": "<mask>", "special": true}],
             "normalizer": {"type": "Precompiled", "precompiled_charsmap": "A\\u00e9\\/=="}}
            """;

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bge-small-en-v1.5", "tandem-minilm-l2", "tandem-minilm-l6"})
    void fingerprint_ofTheModelsIncluded_isThatOfTheirTrees(String model) throws IOException {
        Path file = Path.of("models", model, "tokenizer.json");

        assertThat(TokenizerFile.read(file).fingerprint()).isEqualTo(ofTree(file));
    }

    @Test
    void read_aVocabularyWithScores_knowsIdsByTheirPlace() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), UNIGRAM);
        TokenizerFile read = TokenizerFile.read(file);

        assertThat(read.fingerprint()).isEqualTo(ofTree(file));
        assertThat(read.largestId()).isEqualTo(7);
        assertThat(read.words().stream()).containsExactly(0, 1, 3);
    }

    @Test
    void read_aVocabularyByToken_knowsTheIdsItSays() throws IOException {
        String bpe = "{\"model\": {\"vocab\": {\"a\": 5, \"##b\": 3, \"...\": 9}, \"merges\": []}}";
        Path file = Files.writeString(folder.resolve("tokenizer.json"), bpe);
        TokenizerFile read = TokenizerFile.read(file);

        assertThat(read.fingerprint()).isEqualTo(ofTree(file));
        assertThat(read.largestId()).isEqualTo(9);
        assertThat(read.words().stream()).containsExactly(3, 5);
    }

    /** By which indexes know the tokenizer that made their token ids. */
    private static String ofTree(Path file) throws IOException {
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        var parts = new StringBuilder();
        Stream.of("normalizer", "pre_tokenizer", "model", "added_tokens")
                .forEach(part -> parts.append(part).append(json.path(part)).append('\n'));
        return Sha256.of(parts.toString());
    }
}
