package dev.tandem.retrieval;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.CrossEncoder;
import dev.tandem.rerank.DeviceChoice;
import dev.tandem.rerank.OnnxCrossEncoder;
import dev.tandem.rerank.OpenCrossEncoder;
import dev.tandem.rerank.RemoteConfig;
import dev.tandem.rerank.RemoteReranker;
import dev.tandem.rerank.RerankConfig;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The two models, loaded side by side and run once.
 *
 * @param remote helps the cross-encoder; null without
 */
public record Models(BiEncoder biEncoder, OpenCrossEncoder opened, @Nullable RemoteReranker remote)
        implements AutoCloseable {

    public Models(BiEncoder biEncoder, OnnxCrossEncoder crossEncoder) {
        this(biEncoder, OpenCrossEncoder.of(crossEncoder), null);
    }

    /** Both on the CPU. */
    public static Models open(ModelsConfig config) {
        return open(
                config,
                ModelFolder::open,
                (folder, quiet) -> OpenCrossEncoder.open(folder, DeviceChoice.CPU, true, quiet),
                () -> {});
    }

    /** As below, by a caller who does nothing else beside. */
    public static Models open(ModelsConfig config, RerankConfig rerank) {
        return open(config, rerank, () -> {});
    }

    /**
     * The cross-encoder on the device that is asked for, the bi-encoder on the CPU. Their files are
     * believed to be what their cards say, until {@link #verify()}.
     *
     * @param quiet called before times are measured: returns when nothing else is done beside
     * @throws dev.tandem.model.ModelException naming the file that is missing or does not fit, or
     *     the device that does not work
     */
    public static Models open(ModelsConfig config, RerankConfig rerank, Runnable quiet) {
        return open(
                config,
                ModelFolder::trust,
                (folder, loaded) ->
                        OpenCrossEncoder.open(
                                folder, rerank.device(), rerank.gpuFallback(), loaded),
                quiet);
    }

    /**
     * The same models with a remote that helps, if there is one. They are closed if it cannot be
     * made.
     */
    public Models with(RemoteConfig config) {
        try {
            var helping = RemoteReranker.open(config, scorer(), crossEncoder().card());
            return new Models(biEncoder, opened, helping.orElse(null));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Models open(
            ModelsConfig config,
            BiFunction<Path, String, ModelFolder> folders,
            BiFunction<ModelFolder, Runnable, OpenCrossEncoder> crossEncoder,
            Runnable quiet) {
        var biEncoder =
                CompletableFuture.supplyAsync(
                        () -> BiEncoder.open(folders.apply(config.dir(), config.biEncoder())),
                        Models::startThread);
        try {
            var folder = folders.apply(config.dir(), config.crossEncoder());
            var opened =
                    crossEncoder.apply(
                            folder,
                            () -> {
                                biEncoder.join();
                                quiet.run();
                            });
            return new Models(biEncoder.join(), opened, null);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** A thread with the caller's class loader, by which the tokenizer finds its native library. */
    private static void startThread(Runnable task) {
        Thread.ofPlatform().daemon().name("bi-encoder-load").start(task);
    }

    /** On the device that serves when nothing fails. */
    public OnnxCrossEncoder crossEncoder() {
        return opened.first();
    }

    /** What answers are made with. */
    CrossEncoder scorer() {
        return opened.scorer();
    }

    /** Name of the cross-encoder. */
    public String crossEncoderName() {
        return crossEncoder().card().name();
    }

    /** The cross-encoder's tokenizer. */
    public TextTokenizer pairTokenizer() {
        return crossEncoder().tokenizer();
    }

    /**
     * Reads the models' files and compares them with their cards.
     *
     * @throws dev.tandem.model.ModelException if one is not the one that its card describes
     */
    public void verify() {
        biEncoder.verify();
        crossEncoder().verify();
    }

    /** What loading took, for those who look after a start. */
    public String loadTimes() {
        return "bi-encoder: %s; cross-encoder: %s"
                .formatted(biEncoder.loadTimes(), crossEncoder().loadTimes());
    }

    @Override
    public void close() {
        if (remote != null) {
            remote.close();
        }
        biEncoder.close();
        opened.close();
    }
}
