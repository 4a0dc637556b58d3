package dev.tandem.models;

import dev.tandem.onnx.ModelsConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem models check}. */
@Command(
        name = "check",
        description = "Load a model, compare it with its card, and measure it on this host.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

    private final ModelsConfig models;

    @Mixin private NamedModel model = new NamedModel();

    @Option(names = "--no-speed", description = "Leave out how fast it is.")
    private boolean noSpeed;

    @Spec private CommandSpec spec;

    CheckCommand(ModelsConfig models) {
        this.models = models;
    }

    @Override
    public Integer call() {
        var check = new ModelReport(spec.commandLine().getOut(), models.biEncoder(), !noSpeed);
        check.run(model.open(models));
        return 0;
    }
}
