package dev.tandem.models;

import dev.tandem.onnx.GraphPreparation;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelsConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem models prepare}. */
@Command(
        name = "prepare",
        description = "Copy a model with its graph optimised, so that servers start faster.",
        mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {

    private final ModelsConfig models;

    @Mixin private NamedModel model = new NamedModel();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            description = "A models folder, in which the model gets a folder of its name.")
    private Path to = Path.of("");

    @Option(
            names = "--without-original",
            description =
                    "Leave out the graph that it is made of: the copy is for this version and architecture only.")
    private boolean withoutOriginal;

    @Spec private CommandSpec spec;

    PrepareCommand(ModelsConfig models) {
        this.models = models;
    }

    @Override
    public Integer call() {
        ModelFolder folder = model.open(models);
        Path target = to.resolve(folder.path().getFileName());
        ModelCard card = GraphPreparation.prepare(folder, target, !withoutOriginal);
        var out = spec.commandLine().getOut();
        out.printf("%s: %s%n", target, String.join(", ", ModelFolder.names(target, card)));
        return 0;
    }
}
