package dev.tandem;

import dev.tandem.candidates.CandidatesConfig;
import dev.tandem.evaluation.EvaluateCommand;
import dev.tandem.hub.HubAccess;
import dev.tandem.indexing.IndexCommand;
import dev.tandem.model.LongPassages;
import dev.tandem.model.Order;
import dev.tandem.model.SearchException;
import dev.tandem.models.ModelsCommand;
import dev.tandem.onnx.ModelsConfig;
import dev.tandem.onnx.OnnxCalls;
import dev.tandem.rerank.CascadeConfig;
import dev.tandem.rerank.RemoteConfig;
import dev.tandem.rerank.RerankConfig;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfig;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The offline commands; {@code ./tandem} starts them. */
@Command(
        name = "tandem",
        description = "Two-stage retrieval: the offline commands.",
        mixinStandardHelpOptions = true)
public final class Tandem implements Runnable {

    private static final int FAILED = 1;

    @Spec private CommandSpec spec;

    private Tandem() {}

    public static void main(String[] args) {
        OnnxCalls.stopAtExit();
        System.exit(run(args));
    }

    private static int run(String[] args) {
        CommandLine command;
        try {
            command = commandLine();
        } catch (ConfigValidationException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return FAILED;
        }
        return command.execute(args);
    }

    static CommandLine commandLine() {
        var config = OfflineConfig.load();
        var models = config.getConfigMapping(ModelsConfig.class);
        var evaluate =
                new EvaluateCommand(
                        models,
                        config.getConfigMapping(CandidatesConfig.class),
                        config.getConfigMapping(RerankConfig.class),
                        config.getConfigMapping(CascadeConfig.class),
                        config.getConfigMapping(RemoteConfig.class));
        return new CommandLine(new Tandem())
                .addSubcommand(IndexCommand.create(models))
                .addSubcommand(ModelsCommand.create(models, () -> access(config)))
                .addSubcommand(evaluate)
                .registerConverter(
                        LongPassages.class,
                        named(LongPassages::named, "head, chunkMax or bestPassage"))
                .registerConverter(Order.class, named(Order::named, "blend, replace or rrf"))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Tandem::explain);
    }

    /** By the names that all tools of the hub have for it. */
    private static HubAccess access(SmallRyeConfig config) {
        return HubAccess.of(
                config.getOptionalValue(HubAccess.ENDPOINT, String.class),
                config.getOptionalValue(HubAccess.TOKEN, String.class));
    }

    /** By the names that requests have too. */
    private static <T> ITypeConverter<T> named(
            Function<String, Optional<T>> find, String expected) {
        return text ->
                find.apply(text)
                        .orElseThrow(
                                () ->
                                        new TypeConversionException(
                                                "got '%s', expected %s".formatted(text, expected)));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what to do: index, models or evaluate.");
    }

    /** Errors that say what to do need no stack trace; any other is a bug and shows one. */
    private static int explain(Exception e, CommandLine command, ParseResult result)
            throws Exception {
        if (e instanceof SearchException) {
            command.getErr().println(e.getMessage());
        } else if (e instanceof UncheckedIOException io) {
            command.getErr().println(io.getMessage() + ": " + io.getCause());
        } else {
            throw e;
        }
        return FAILED;
    }
}
