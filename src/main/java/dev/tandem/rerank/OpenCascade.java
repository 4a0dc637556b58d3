package dev.tandem.rerank;

import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.OnnxModel;

/**
 * The small cross-encoder of a cascade, on the CPU. It reads the same token ids as the large one,
 * so it has no tokenizer of its own, and is to be closed before that one.
 *
 * @param share see {@link CascadeConfig#share()}
 */
public record OpenCascade(OnnxCrossEncoder small, double share) implements AutoCloseable {

    /** A small one that has not met its large one; to be given one, which closes it if it fails. */
    public record Loaded(ModelFolder folder, OnnxModel graph) {

        /**
         * @throws ModelException if it has another tokenizer than the large one, reads less at
         *     once, or is no cross-encoder
         */
        public OpenCascade beside(OnnxCrossEncoder large, double share) {
            try {
                checkReadsAlike(folder, large);
                var small = OnnxCrossEncoder.sharing(large.tokenizer(), folder, graph);
                return new OpenCascade(small, share);
            } catch (RuntimeException e) {
                graph.close();
                throw e;
            }
        }
    }

    /**
     * Loads what does not depend on the large one.
     *
     * @throws ModelException if the folder holds no graph that loads
     */
    public static Loaded load(ModelFolder folder) {
        return new Loaded(folder, OnnxModel.open(folder));
    }

    /** What calls are made with. */
    public Cascade cascade() {
        return new Cascade(small, share);
    }

    @Override
    public void close() {
        small.close();
    }

    private static void checkReadsAlike(ModelFolder folder, OnnxCrossEncoder large) {
        String got = folder.tokenizerFingerprint();
        String expected = large.tokenizer().fingerprint();
        if (!got.equals(expected)) {
            throw refused(
                    folder,
                    "has another tokenizer than %s (fingerprint %.12s, expected %.12s)"
                            .formatted(large.card().name(), got, expected));
        }
        int length = folder.card().maxSequenceLength();
        if (length < large.card().maxSequenceLength()) {
            throw refused(
                    folder,
                    "reads %d tokens at once, expected at least %d, as %s does"
                            .formatted(
                                    length, large.card().maxSequenceLength(), large.card().name()));
        }
    }

    private static ModelException refused(ModelFolder folder, String why) {
        return new ModelException(
                "tandem.rerank.cascade.model: %s %s. Name a model that reads what tandem.models.cross-encoder does, or none."
                        .formatted(folder.card().name(), why));
    }
}
