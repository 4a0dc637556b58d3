package dev.tandem.models;

import dev.tandem.hub.HubAccess;
import dev.tandem.hub.HubRepo;
import dev.tandem.hub.ModelPull;
import dev.tandem.hub.ModelPull.Patience;
import dev.tandem.hub.ModelPull.Pulled;
import dev.tandem.hub.ModelPull.Wanted;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.CpuFeatures;
import dev.tandem.onnx.GraphFiles;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelsConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem models pull}. */
@Command(
        name = "pull",
        description = {
            "Fetch a model from the Hugging Face hub, and check it.",
            "HF_ENDPOINT names another hub, HF_TOKEN an account's token, for models that are"
                    + " private or gated. One that was stopped goes on where it ended."
        },
        mixinStandardHelpOptions = true)
final class PullCommand implements Callable<Integer> {

    private final ModelsConfig models;
    private final Supplier<HubAccess> access;

    @Parameters(
            index = "0",
            paramLabel = "ID",
            description = "OWNER/NAME, such as cross-encoder/ms-marco-MiniLM-L6-v2.")
    private String id = "";

    @Option(
            names = "--revision",
            defaultValue = "main",
            paramLabel = "R",
            description = "Branch, tag or commit (default: main).")
    private String revision = "main";

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description = "The model's folder (default: its name, in the models folder).")
    private @Nullable Path to;

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description =
                    "The ONNX graph in the repository (default: int8 for this host's CPU if there"
                            + " is one, else model.onnx).")
    private @Nullable String file;

    @Option(names = "--no-speed", description = "Leave out how fast it is.")
    private boolean noSpeed;

    @Spec private CommandSpec spec;

    PullCommand(ModelsConfig models, Supplier<HubAccess> access) {
        this.models = models;
        this.access = access;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        var repo = new HubRepo(id, revision);
        Path target = to == null ? models.dir().resolve(repo.name()) : to;
        var cpu = CpuFeatures.ofThisHost();
        var progress = TransferProgress.of(System.console(), spec.commandLine().getErr());
        Pulled pulled =
                new ModelPull(access.get(), cpu, progress, Patience.DEFAULT)
                        .run(new Wanted(repo, file, target));
        String graph = pulled.card().model();
        out.printf(
                "%s %s: %s, for %s%n",
                pulled.already() ? "Was there already:" : "Fetched",
                pulled.card().source(),
                graph,
                cpu);
        if (!GraphFiles.namedQuantised(graph) && file == null) {
            out.println("The repository has no int8 graph, so it is the float one.");
        }
        check(pulled.folder());
        out.printf("%nTo use it: %s%n", use(pulled.folder()));
        return 0;
    }

    private void check(Path folder) {
        try {
            new ModelReport(spec.commandLine().getOut(), models.biEncoder(), !noSpeed)
                    .run(ModelFolder.open(models.dir(), folder.toString()));
        } catch (ModelException e) {
            throw new ModelException(
                    "%s was fetched whole, but Tandem cannot use it: %s"
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }

    private String use(Path folder) {
        String name = "tandem.models.cross-encoder or tandem.models.bi-encoder = ";
        Path dir = models.dir().toAbsolutePath().normalize();
        return dir.equals(folder.getParent())
                ? name + folder.getFileName()
                : "%s%s, tandem.models.dir = %s"
                        .formatted(name, folder.getFileName(), folder.getParent());
    }
}
