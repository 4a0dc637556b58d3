package dev.tandem.retrieval;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.OnnxCrossEncoder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The two models, loaded side by side and run once. */
public record Models(BiEncoder biEncoder, OnnxCrossEncoder crossEncoder) implements AutoCloseable {

    /**
     * @throws dev.tandem.model.ModelException naming the file that is missing or does not fit
     */
    public static Models open(ModelsConfig config) {
        var biEncoder =
                CompletableFuture.supplyAsync(
                        () -> BiEncoder.open(ModelFolder.open(config.dir(), config.biEncoder())),
                        Models::startThread);
        try {
            var crossEncoder =
                    OnnxCrossEncoder.open(
                            ModelFolder.open(config.dir(), config.crossEncoder()), biEncoder::join);
            return new Models(biEncoder.join(), crossEncoder);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** A thread with the caller's class loader, by which the tokenizer finds its native library. */
    private static void startThread(Runnable task) {
        Thread.ofPlatform().daemon().name("bi-encoder-load").start(task);
    }

    /** Name of the cross-encoder. */
    public String crossEncoderName() {
        return crossEncoder.card().name();
    }

    /** The cross-encoder's tokenizer. */
    public TextTokenizer pairTokenizer() {
        return crossEncoder.tokenizer();
    }

    @Override
    public void close() {
        biEncoder.close();
        crossEncoder.close();
    }
}
