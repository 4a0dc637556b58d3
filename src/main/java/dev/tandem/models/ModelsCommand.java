package dev.tandem.models;

import dev.tandem.hub.HubAccess;
import dev.tandem.onnx.ModelsConfig;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tandem models}. */
@Command(
        name = "models",
        description = "List, check, prepare, fetch and quantise models.",
        mixinStandardHelpOptions = true)
public final class ModelsCommand implements Runnable {

    @Spec private CommandSpec spec;

    private ModelsCommand() {}

    /**
     * The command with its subcommands.
     *
     * @param access asked for by those that go to the hub
     */
    public static CommandLine create(ModelsConfig models, Supplier<HubAccess> access) {
        return new CommandLine(new ModelsCommand())
                .addSubcommand(new ListCommand(models))
                .addSubcommand(new CheckCommand(models))
                .addSubcommand(new PrepareCommand(models))
                .addSubcommand(new PullCommand(models, access))
                .addSubcommand(new QuantizeCommand(models));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say list, check, prepare, pull or quantize.");
    }
}
