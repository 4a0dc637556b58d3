package dev.tandem.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.tandem.files.DurableFiles;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.ModelCard.Prepared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Copies a model with its graph as ONNX Runtime would optimise it at each start, so that a start
 * need not. What it computes stays the same to the bit, which is compared.
 */
public final class GraphPreparation {

    /** Lengths of the inputs that both graphs are compared on. */
    private static final int[] LENGTHS = {8, 60, 250};

    private static final int FIRST_WORD = 1_000;
    private static final int WORDS = 20_000;
    private static final int STEP = 7_919;

    private final ModelFolder source;
    private final Path target;

    private GraphPreparation(ModelFolder source, Path target) {
        this.source = source;
        this.target = target;
    }

    /**
     * @param source a model whose graph is one file
     * @param target folder to be made
     * @param original whether the graph is copied too, for other versions of ONNX Runtime, other
     *     architectures and GPUs
     * @return the card in the new folder
     * @throws ModelException if the target is there, the graph keeps weights outside itself, or a
     *     file cannot be written
     */
    public static ModelCard prepare(ModelFolder source, Path target, boolean original) {
        if (Files.exists(target)) {
            throw new ModelException(
                    target + " is there already. Remove it, or name another folder.");
        }
        if (source.card().prepared() != null) {
            throw new ModelException(
                    source.path() + " is prepared already. Name the model that it was made of.");
        }
        if (ModelFolder.names(source.path(), source.card()).size() > 2) {
            throw new ModelException(
                    "%s keeps weights in files beside it; only graphs of one file can be prepared. Serve it as it is."
                            .formatted(source.graph()));
        }
        Path part = target.resolveSibling("." + target.getFileName() + ".prepare");
        try {
            DurableFiles.deleteTree(part);
            Files.createDirectories(part);
            ModelCard card = new GraphPreparation(source, part).write(original);
            DurableFiles.rename(part, target);
            return card;
        } catch (IOException e) {
            throw new ModelException("Cannot write " + target + ": " + e, e);
        } catch (OrtException e) {
            throw new ModelException(
                    "Cannot prepare %s: %s".formatted(source.graph(), e.getMessage()), e);
        }
    }

    private ModelCard write(boolean original) throws IOException, OrtException {
        ModelCard card = source.card();
        Files.copy(source.tokenizer(), target.resolve(source.tokenizer().getFileName().toString()));
        Map<String, String> sha256 = new HashMap<>(card.sha256());
        sha256.put(card.model(), Sha256.of(source.graph()));
        String fast = graph(false);
        String exact = CpuFeatures.ofThisHost().isX86() ? graph(true) : null;
        if (exact != null && Files.mismatch(target.resolve(fast), target.resolve(exact)) < 0) {
            Files.delete(target.resolve(exact));
            exact = fast;
        }
        sha256.put(fast, Sha256.of(target.resolve(fast)));
        if (exact != null) {
            sha256.put(exact, Sha256.of(target.resolve(exact)));
        }
        if (original) {
            Path graph = target.resolve(card.model());
            Files.createDirectories(graph.getParent());
            Files.copy(source.graph(), graph);
        }
        var prepared =
                new Prepared(
                        OnnxModel.runtimeVersion(),
                        CpuFeatures.ofThisHost().architecture(),
                        fast,
                        exact);
        ModelCard its = card.with(sha256, prepared);
        CardFile.write(target, its);
        return its;
    }

    /** Writes the graph of one kind of CPU. @return its name in the folder */
    private String graph(boolean exact) throws IOException, OrtException {
        String name = exact ? "prepared_exact.onnx" : "prepared_fast.onnx";
        Path file = target.resolve(name);
        var environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        try (SessionOptions options = OnnxModel.options(exact)) {
            // What it does at this level holds for every CPU of the architecture.
            options.setOptimizationLevel(OptLevel.EXTENDED_OPT);
            options.setOptimizedModelFilePath(file.toString());
            environment.createSession(source.graph().toString(), options).close();
        }
        compare(file, exact);
        return name;
    }

    private void compare(Path file, boolean exact) throws OrtException {
        try (SessionOptions options = OnnxModel.options(exact);
                SessionOptions prepared = OnnxModel.optionsOfPrepared(exact);
                OnnxModel one = OnnxModel.load(source.graph(), options);
                OnnxModel other = OnnxModel.load(file, prepared)) {
            for (String output : one.outputNames()) {
                for (int length : LENGTHS) {
                    ModelInput input = input(Math.min(length, source.card().maxSequenceLength()));
                    if (!Arrays.equals(one.run(input, output), other.run(input, output))) {
                        throw new ModelException(
                                "%s does not compute the same as %s. It is not prepared; serve it as it is."
                                        .formatted(file, source.graph()));
                    }
                }
            }
        }
    }

    private static ModelInput input(int length) {
        long[] ids = new long[length];
        Arrays.setAll(ids, i -> FIRST_WORD + (long) i * STEP % WORDS);
        return new ModelInput(ids, new long[length]);
    }
}
