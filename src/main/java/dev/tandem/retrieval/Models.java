package dev.tandem.retrieval;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.onnx.TextTokenizer;
import dev.tandem.rerank.CascadeConfig;
import dev.tandem.rerank.CrossEncoder;
import dev.tandem.rerank.DeviceChoice;
import dev.tandem.rerank.Helpers;
import dev.tandem.rerank.OnnxCrossEncoder;
import dev.tandem.rerank.OpenCascade;
import dev.tandem.rerank.OpenCrossEncoder;
import dev.tandem.rerank.RemoteConfig;
import dev.tandem.rerank.RemoteReranker;
import dev.tandem.rerank.RerankConfig;
import dev.tandem.retrieval.RerankRules.Cards;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The models, loaded side by side and run once.
 *
 * @param cascade reads before the cross-encoder when time is short; null without
 * @param remote helps the cross-encoder; null without
 */
public record Models(
        BiEncoder biEncoder,
        OpenCrossEncoder opened,
        @Nullable OpenCascade cascade,
        @Nullable RemoteReranker remote)
        implements AutoCloseable {

    /** Where the models come from, and how they are opened. */
    private record Source(
            ModelsConfig config,
            BiFunction<Path, String, ModelFolder> folders,
            BiFunction<ModelFolder, Runnable, OpenCrossEncoder> crossEncoder) {

        ModelFolder folder(String name) {
            return folders.apply(config.dir(), name);
        }
    }

    public Models(BiEncoder biEncoder, OnnxCrossEncoder crossEncoder) {
        this(biEncoder, OpenCrossEncoder.of(crossEncoder), null, null);
    }

    /** Bi-encoder and cross-encoder, on the CPU. */
    public static Models open(ModelsConfig config) {
        var source =
                new Source(
                        config,
                        ModelFolder::open,
                        (folder, loaded) ->
                                OpenCrossEncoder.open(folder, DeviceChoice.CPU, true, loaded));
        return open(source, null, () -> {});
    }

    /** As below, by a caller who does nothing else beside. */
    public static Models open(ModelsConfig config, RerankConfig rerank, CascadeConfig cascade) {
        return open(config, rerank, cascade, () -> {});
    }

    /**
     * The cross-encoder on the device that is asked for, with a small one for a cascade if there is
     * one; that and the bi-encoder on the CPU. Their files are believed to be what their cards say,
     * until {@link #verify()}.
     *
     * @param quiet called before times are measured: returns when nothing else is done beside
     * @throws dev.tandem.model.ModelException naming the file that is missing or does not fit, or
     *     the device that does not work
     */
    public static Models open(
            ModelsConfig config, RerankConfig rerank, CascadeConfig cascade, Runnable quiet) {
        var source =
                new Source(
                        config,
                        ModelFolder::trust,
                        (folder, loaded) ->
                                OpenCrossEncoder.open(
                                        folder, rerank.device(), rerank.gpuFallback(), loaded));
        return open(source, cascade, quiet);
    }

    /**
     * The same models with a remote that helps, if there is one. They are closed if it cannot be
     * made.
     */
    public Models with(RemoteConfig config) {
        try {
            var helping = RemoteReranker.open(config, scorer(), crossEncoder().card());
            return new Models(biEncoder, opened, cascade, helping.orElse(null));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Models open(Source source, @Nullable CascadeConfig cascade, Runnable quiet) {
        var config = source.config();
        var biEncoder = loading(() -> BiEncoder.open(source.folder(config.biEncoder())));
        var small = small(source, cascade);
        Runnable loaded =
                () -> {
                    biEncoder.join();
                    small.join();
                    quiet.run();
                };
        try {
            var opened = source.crossEncoder().apply(source.folder(config.crossEncoder()), loaded);
            return new Models(biEncoder.join(), opened, null, null).with(cascade, small.join());
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static CompletableFuture<Optional<OpenCascade.Loaded>> small(
            Source source, @Nullable CascadeConfig cascade) {
        return cascade == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : loading(() -> cascade.model().map(source::folder).map(OpenCascade::load));
    }

    /** Closes all if the small one does not fit. */
    private Models with(@Nullable CascadeConfig config, Optional<OpenCascade.Loaded> small) {
        if (config == null || small.isEmpty()) {
            return this;
        }
        try {
            var its = small.get().beside(crossEncoder(), config.share());
            return new Models(biEncoder, opened, its, remote);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static <T> CompletableFuture<T> loading(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, Models::startThread);
    }

    /** A thread with the caller's class loader, by which the tokenizer finds its native library. */
    private static void startThread(Runnable task) {
        Thread.ofPlatform().daemon().name("model-load").start(task);
    }

    /** On the device that serves when nothing fails. */
    public OnnxCrossEncoder crossEncoder() {
        return opened.first();
    }

    /** What answers are made with. */
    CrossEncoder scorer() {
        return opened.scorer();
    }

    /** What helps the cross-encoder. */
    Helpers helpers() {
        return new Helpers(remote, cascade == null ? null : cascade.cascade());
    }

    /** The cross-encoders' cards. */
    Cards cards() {
        return new Cards(crossEncoder().card(), cascade == null ? null : cascade.small().card());
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
        if (cascade != null) {
            cascade.small().verify();
        }
    }

    /** What loading took, for those who look after a start. */
    public String loadTimes() {
        String both =
                "bi-encoder: %s; cross-encoder: %s"
                        .formatted(biEncoder.loadTimes(), crossEncoder().loadTimes());
        return cascade == null
                ? both
                : both + "; small cross-encoder: " + cascade.small().loadTimes();
    }

    @Override
    public void close() {
        if (remote != null) {
            remote.close();
        }
        biEncoder.close();
        if (cascade != null) {
            cascade.close();
        }
        opened.close();
    }
}
