package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LENGTH = RealModels.crossEncoder().card().maxSequenceLength();

    @TempDir private Path folder;
    private final TextTokenizer tokenizer = RealModels.pairTokenizer();

    @ParameterizedTest
    @CsvSource({
        "How many people live in Berlin?, Berlin has 3.5 million inhabitants.",
        "unaffable, café naïve 語 🚀",
        "a, b",
        "'', passage",
        "query, ''"
    })
    void pair_twoTexts_equalsTheTokenizersOwnPair(String query, String passage) throws IOException {
        ModelInput pair = tokenizer.pair(tokenizer.ids(query), tokenizer.storableIds(passage));

        Encoding own = encodeWithoutLimits(query, passage);
        assertThat(pair.inputIds()).containsExactly(own.getIds());
        assertThat(pair.tokenTypeIds()).containsExactly(own.getTypeIds());
    }

    @Test
    void pair_longPassage_isCutAtItsEndOnly() {
        long[] query = tokenizer.ids("where is the cat");
        int[] passage = tokenizer.storableIds("dog ".repeat(1_000));

        ModelInput pair = tokenizer.pair(query, passage);

        assertThat(pair.length()).isEqualTo(LENGTH);
        assertThat(Arrays.copyOfRange(pair.inputIds(), 1, 1 + query.length)).containsExactly(query);
        assertThat(pair.inputIds()[LENGTH - 2]).isEqualTo(passage[0]);
        assertThat(pair.inputIds()[LENGTH - 1]).as("[SEP]").isEqualTo(102);
    }

    @Test
    void pair_longestQuery_leavesAPlaceToThePassage() {
        long[] query = new long[tokenizer.maxQueryTokens()];
        Arrays.fill(query, 1_000);
        int[] passage = tokenizer.storableIds("dog ".repeat(1_000));

        ModelInput pair = tokenizer.pair(query, passage);

        assertThat(pair.length()).isEqualTo(LENGTH);
        assertThat(Arrays.stream(pair.inputIds()).filter(id -> id == passage[0]).count())
                .isEqualTo(LENGTH - 3 - query.length)
                .isEqualTo(64);
    }

    @Test
    void ids_fileThatAsksForTruncationAndPadding_areNeitherCutNorPadded() throws IOException {
        var file = JSON.readTree(RealModels.folder(RealModels.CROSS_ENCODER).tokenizer().toFile());
        assertThat(file.path("truncation").path("max_length").asInt()).isEqualTo(128);
        assertThat(file.path("padding").path("strategy").path("Fixed").asInt()).isEqualTo(128);

        assertThat(tokenizer.ids("dog ".repeat(300))).hasSize(300);
        assertThat(tokenizer.ids("dog")).hasSize(1);
    }

    @Test
    void single_shortAndLongText_isFramedAndCut() {
        assertThat(tokenizer.single("dog").inputIds())
                .containsExactly(101, tokenizer.ids("dog")[0], 102);
        assertThat(tokenizer.single("dog ".repeat(1_000)).length()).isEqualTo(LENGTH);
        assertThat(tokenizer.single("").inputIds()).containsExactly(101, 102);
    }

    @Test
    void largestId_bertVocabulary_isItsLast() {
        assertThat(tokenizer.largestId()).isEqualTo(30_521);
    }

    @Test
    void fingerprint_otherTruncationAndPadding_isTheSame() throws IOException {
        assertThat(fingerprint("truncation", "null")).isEqualTo(fingerprint());
        assertThat(
                        fingerprint(
                                "truncation",
                                "{\"max_length\": 9, \"strategy\": \"LongestFirst\", \"stride\": 0,"
                                        + " \"direction\": \"Right\"}"))
                .isEqualTo(fingerprint());
        assertThat(
                        fingerprint(
                                "padding",
                                "{\"strategy\": \"BatchLongest\", \"direction\": \"Right\","
                                        + " \"pad_to_multiple_of\": null, \"pad_id\": 0,"
                                        + " \"pad_type_id\": 0, \"pad_token\": \"[PAD]\"}"))
                .isEqualTo(fingerprint());
    }

    @Test
    void fingerprint_otherNormalizer_differs() throws IOException {
        assertThat(fingerprint("normalizer", "null")).isNotEqualTo(fingerprint());
    }

    @Test
    void fingerprint_otherVocabularyOfTheSameSize_differs() {
        try (var other = open(small().tokenizer("tokenizer_of_another_model.json"))) {
            assertThat(other.fingerprint()).isNotEqualTo(fingerprint());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "not json", "{\"model\": {\"type\": \"Unknown\"}}"})
    void open_noTokenizer_namesTheFile(String text) {
        SmallModel model = small().write("tokenizer.json", text);

        assertThatThrownBy(() -> open(model))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("tokenizer.json").toString())
                .hasMessageContaining("not a tokenizer");
    }

    private SmallModel small() {
        return SmallModel.in(folder, "cross_encoder").card("");
    }

    private String fingerprint() {
        try (var whole = open(small())) {
            return whole.fingerprint();
        }
    }

    private String fingerprint(String part, String json) throws IOException {
        SmallModel model = small();
        Path file = model.path("tokenizer.json");
        var parts = (ObjectNode) JSON.readTree(file.toFile());
        parts.set(part, JSON.readTree(json));
        try (var changed = open(model.write("tokenizer.json", parts.toString()))) {
            return changed.fingerprint();
        }
    }

    private static TextTokenizer open(SmallModel model) {
        return TextTokenizer.open(model.open());
    }

    private static Encoding encodeWithoutLimits(String query, String passage) throws IOException {
        Path file = RealModels.folder(RealModels.CROSS_ENCODER).tokenizer();
        try (var in = Files.newInputStream(file);
                var own =
                        HuggingFaceTokenizer.newInstance(
                                in, Map.of("truncation", "false", "padding", "false"))) {
            return own.encode(query, passage, true, false);
        }
    }
}
