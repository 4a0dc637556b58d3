package dev.tandem.indexing;

import dev.tandem.onnx.ModelsConfig;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tandem index}. */
@Command(
        name = "index",
        description = "Build, describe, verify and prune an index.",
        mixinStandardHelpOptions = true)
public final class IndexCommand implements Runnable {

    @Spec private CommandSpec spec;

    private IndexCommand() {}

    /** The command with its subcommands. */
    public static CommandLine create(ModelsConfig models) {
        return new CommandLine(new IndexCommand())
                .addSubcommand(new BuildCommand(models))
                .addSubcommand(new InfoCommand())
                .addSubcommand(new VerifyCommand())
                .addSubcommand(new PruneCommand());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say build, info, verify or prune.");
    }
}
