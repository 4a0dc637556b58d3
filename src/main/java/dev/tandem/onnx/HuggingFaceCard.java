package dev.tandem.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelCard.Activation;
import dev.tandem.onnx.ModelCard.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Derives a model card from the configuration files that Hugging Face and sentence-transformers put
 * beside a model: config.json, tokenizer_config.json, sentence_bert_config.json,
 * 1_Pooling/config.json, config_sentence_transformers.json. Each may be absent.
 */
final class HuggingFaceCard {

    /**
     * Quantised first: on a CPU it is about twice as fast. The order is the same on every host, or
     * one folder would be another model there, to which an index does not fit.
     */
    private static final List<String> GRAPHS =
            List.of(
                    "model_quantized.onnx",
                    "model.onnx",
                    "onnx/model_quantized.onnx",
                    "onnx/model.onnx",
                    "onnx/model_int8.onnx",
                    "onnx/model_qint8_avx512_vnni.onnx",
                    "onnx/model_qint8_avx512.onnx",
                    "onnx/model_quint8_avx2.onnx",
                    "onnx/model_qint8_arm64.onnx");

    private static final int BERT_LENGTH = 512;
    private static final String POOLING = "1_Pooling/config.json";
    private static final String POOLING_MODE = "pooling_mode_";
    private static final List<String> POOLINGS =
            List.of("pooling_mode_cls_token", "pooling_mode_mean_tokens");

    private final Path folder;
    private final ObjectMapper json;

    HuggingFaceCard(Path folder, ObjectMapper json) {
        this.folder = folder;
        this.json = json;
    }

    ModelCard derive() {
        return derive(graph());
    }

    /** What kind of model the architecture is; empty if config.json does not say. */
    Optional<ModelKind> kind() {
        JsonNode architecture = read("config.json").path("architectures").path(0);
        return architecture.isTextual()
                ? Optional.of(kind(architecture.asText()))
                : Optional.empty();
    }

    private static ModelKind kind(String architecture) {
        return architecture.endsWith("ForSequenceClassification")
                ? ModelKind.CROSS_ENCODER
                : ModelKind.BI_ENCODER;
    }

    ModelCard derive(String graph) {
        JsonNode prompts = read("config_sentence_transformers.json").path("prompts");
        return new ModelCard(
                String.valueOf(folder.getFileName()),
                null,
                null,
                graph,
                Map.of(),
                maxSequenceLength(),
                pooling(),
                prompts.path("query").asText(""),
                prompts.path("passage").asText(prompts.path("document").asText("")),
                activation(),
                null,
                List.of(),
                null,
                null);
    }

    private String graph() {
        return GRAPHS.stream()
                .filter(name -> Files.isRegularFile(folder.resolve(name)))
                .findFirst()
                .orElseThrow(
                        () ->
                                new ModelException(
                                        "Model folder "
                                                + folder
                                                + " has no ONNX graph. Looked for "
                                                + String.join(", ", GRAPHS)
                                                + ". Put one there, or name the file as \"model\""
                                                + " in model.json."));
    }

    /** The smallest of the stated lengths: tokenizers without a limit state an absurd number. */
    private int maxSequenceLength() {
        return IntStream.of(
                        read("sentence_bert_config.json").path("max_seq_length").asInt(BERT_LENGTH),
                        read("tokenizer_config.json").path("model_max_length").asInt(BERT_LENGTH),
                        read("config.json").path("max_position_embeddings").asInt(BERT_LENGTH))
                .filter(length -> length > 0)
                .min()
                .orElse(BERT_LENGTH);
    }

    private Pooling pooling() {
        JsonNode modes = read(POOLING);
        for (var mode : modes.properties()) {
            boolean on = mode.getKey().startsWith(POOLING_MODE) && mode.getValue().asBoolean();
            if (on && !POOLINGS.contains(mode.getKey())) {
                throw new ModelException(
                        "%s in %s asks for %s; wanted %s. Take another bi-encoder."
                                .formatted(
                                        POOLING,
                                        folder,
                                        mode.getKey(),
                                        String.join(" or ", POOLINGS)));
            }
        }
        boolean cls = modes.path("pooling_mode_cls_token").asBoolean();
        return cls ? Pooling.CLS : Pooling.MEAN;
    }

    private Activation activation() {
        String stated =
                read("config.json").path("sentence_transformers").path("activation_fn").asText("");
        // Identity in a cross-encoder's config means that callers get the logit, which is ours too.
        return stated.isEmpty() || stated.endsWith("Sigmoid") || stated.endsWith("Identity")
                ? Activation.SIGMOID
                : refuse(stated);
    }

    private Activation refuse(String stated) {
        throw new ModelException(
                "config.json in "
                        + folder
                        + " asks for the activation "
                        + stated
                        + "; wanted Sigmoid or Identity. Write a model.json with the activation"
                        + " that fits.");
    }

    private JsonNode read(String name) {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return json.readTree(file.toFile());
        } catch (IOException e) {
            throw new ModelException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
