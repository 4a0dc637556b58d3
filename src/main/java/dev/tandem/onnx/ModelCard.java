package dev.tandem.onnx;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a model to use it, as its {@code model.json} says it. A Hugging Face style
 * folder without a card gets one derived from its configuration files ({@link HuggingFaceCard}).
 *
 * @param name of the model; the folder's name by convention
 * @param licence SPDX identifier
 * @param source where it comes from
 * @param model file name of the ONNX graph
 * @param sha256 file name to lower-case hexadecimal SHA-256; checked at load where present
 * @param maxSequenceLength longest input in tokens, special tokens included
 * @param pooling how token vectors become one vector (bi-encoders)
 * @param queryPrefix instruction put before a query's text (bi-encoders)
 * @param passagePrefix instruction put before a passage's text (bi-encoders)
 * @param activation what turns the logit into 0..1 (cross-encoders)
 * @param blend how the two stages' scores are blended by default; null replaces (cross-encoders)
 * @param canary a pair and its expected logit, checked at load (cross-encoders)
 * @param tokenizer what {@code tokenizer.json} would say of itself, which takes time to read; null
 *     if it has to be read
 * @param prepared graphs that need not be optimised at each start; null without
 */
public record ModelCard(
        String name,
        @Nullable String licence,
        @Nullable String source,
        String model,
        Map<String, String> sha256,
        int maxSequenceLength,
        @Nullable Pooling pooling,
        String queryPrefix,
        String passagePrefix,
        @Nullable Activation activation,
        @Nullable Blend blend,
        List<Canary> canary,
        @Nullable Tokenizer tokenizer,
        @Nullable Prepared prepared) {

    public ModelCard {
        require(name, "name");
        require(model, "model");
        if (maxSequenceLength < 8) {
            throw new IllegalArgumentException(
                    "maxSequenceLength: got " + maxSequenceLength + ", expected at least 8 tokens");
        }
        sha256 = sha256 == null ? Map.of() : Map.copyOf(sha256);
        queryPrefix = queryPrefix == null ? "" : queryPrefix;
        passagePrefix = passagePrefix == null ? "" : passagePrefix;
        canary = canary == null ? List.of() : List.copyOf(canary);
    }

    /** The same with these checksums and prepared graphs. */
    ModelCard with(Map<String, String> itsSha256, Prepared its) {
        return new ModelCard(
                name,
                licence,
                source,
                model,
                itsSha256,
                maxSequenceLength,
                pooling,
                queryPrefix,
                passagePrefix,
                activation,
                blend,
                canary,
                tokenizer,
                its);
    }

    /** Those parts that change what the model computes, for its fingerprint. */
    String behaviour() {
        return String.join(
                "\n",
                String.valueOf(maxSequenceLength),
                String.valueOf(pooling),
                queryPrefix,
                passagePrefix);
    }

    private static void require(@Nullable String value, String field) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("\"" + field + "\" is missing");
        }
    }

    /**
     * What a start needs to know of {@code tokenizer.json}.
     *
     * @param fingerprint see {@link TextTokenizer#fingerprint()}
     * @param largestId the largest id that it can give
     */
    public record Tokenizer(String fingerprint, int largestId) {}

    /**
     * Graphs that ONNX Runtime has optimised already, which hold for one version of it and one
     * architecture. Both compute what the card's graph does.
     *
     * @param onnxRuntime its version
     * @param architecture as {@link CpuFeatures} names it
     * @param fast for CPUs that sum 8-bit products exactly; a file in the folder
     * @param exact for those that saturate, which may be the same file; null on architectures that
     *     have none
     */
    public record Prepared(
            String onnxRuntime, String architecture, String fast, @Nullable String exact) {

        public Prepared {
            require(onnxRuntime, "prepared.onnxRuntime");
            require(architecture, "prepared.architecture");
            require(fast, "prepared.fast");
        }

        /** Both files, or the one that is both. */
        List<String> files() {
            return exact == null || exact.equals(fast) ? List.of(fast) : List.of(fast, exact);
        }

        /** The file for this CPU and version, if there is one. */
        Optional<String> fileFor(CpuFeatures cpu, String runtime) {
            boolean fits = runtime.equals(onnxRuntime) && cpu.architecture().equals(architecture);
            return fits ? Optional.ofNullable(cpu.saturates() ? exact : fast) : Optional.empty();
        }
    }

    /** How the vectors of the tokens become the vector of the text. */
    public enum Pooling {
        /** The first token's vector. */
        @JsonProperty("cls")
        CLS,
        /** The mean over all tokens. */
        @JsonProperty("mean")
        MEAN
    }

    /** What turns a logit into a score. */
    public enum Activation {
        /** {@code 1 / (1 + exp(-logit))}. */
        @JsonProperty("sigmoid")
        SIGMOID,
        /** The model's output is in 0..1 already. */
        @JsonProperty("identity")
        IDENTITY
    }

    /**
     * Weights of {@code sigmoid(logit * x + similarity * y + bias)}.
     *
     * @param biEncoder the bi-encoder whose similarities the weights were fitted on
     */
    public record Blend(double logit, double similarity, double bias, String biEncoder) {}

    /**
     * A pair whose logit is known.
     *
     * @param tolerance largest difference that hosts may show; int8 differs between CPU types
     */
    public record Canary(String query, String passage, float logit, float tolerance) {}
}
