package dev.tandem.models;

import dev.tandem.onnx.CardFile;
import dev.tandem.onnx.GraphFiles;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelsConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code tandem models quantize}. It says how: no library does it in Java, and ONNX Runtime's own
 * tool is one line of Python.
 */
@Command(
        name = "quantize",
        description = "Print the command that makes an int8 graph of a model's float one.",
        mixinStandardHelpOptions = true)
final class QuantizeCommand implements Callable<Integer> {

    private static final String RESULT = "model_quantized.onnx";

    private final ModelsConfig models;

    @Mixin private NamedModel model = new NamedModel();

    @Spec private CommandSpec spec;

    QuantizeCommand(ModelsConfig models) {
        this.models = models;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ModelFolder folder = model.open(models);
        if (isQuantised(folder.servedGraph())) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "%s has operators of 8-bit numbers already. Nothing is left to do.%n",
                            folder.servedGraph());
            return 1;
        }
        Path result = folder.graph().resolveSibling(RESULT);
        out.println("pip install onnxruntime onnx");
        out.println(command(folder, result));
        if (CardFile.isIn(folder.path())) {
            out.printf(
                    "# then in %s: \"model\": \"%s\"%n",
                    folder.path().resolve(CardFile.NAME),
                    folder.path().relativize(result).toString().replace('\\', '/'));
        }
        out.printf("./tandem models check %s%n", quoted(folder.path()));
        return 0;
    }

    /**
     * Weights of 8 bits in each channel's own scale, activations quantised in each run. The range
     * is not reduced to 7 bits: that is for x86 without VNNI, where Tandem has the sums made exact
     * instead. Products of two activations stay float: they gain nothing.
     */
    private static String command(ModelFolder folder, Path result) {
        boolean large = ModelFolder.names(folder.path(), folder.card()).size() > 2;
        return """
               python3 -c 'import sys
               from onnxruntime.quantization import QuantType, quantize_dynamic
               quantize_dynamic(sys.argv[1], sys.argv[2], per_channel=True, reduce_range=False,
                   weight_type=QuantType.QInt8,
                   op_types_to_quantize=["MatMul", "Attention", "Gather", "EmbedLayerNormalization"],%s
                   extra_options={"MatMulConstBOnly": True})' \\
                   %s %s"""
                .formatted(
                        large ? " use_external_data_format=True," : "",
                        quoted(folder.graph()),
                        quoted(result));
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    private static boolean isQuantised(Path graph) {
        try {
            return GraphFiles.isQuantised(graph);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + graph, e);
        }
    }
}
