package dev.tandem.hub;

import dev.tandem.files.DurableFiles;
import dev.tandem.hub.FileFetch.Means;
import dev.tandem.hub.HubClient.Revision;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.CardFile;
import dev.tandem.onnx.CpuFeatures;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelKind;
import dev.tandem.onnx.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings a model from the hub into a folder. All of it comes from one commit, into a hidden folder
 * beside the target, and is renamed when it is whole and on the disk: a folder of the model's name
 * is a model. What was not finished is gone on with the next time.
 */
public final class ModelPull {

    private final HubAccess access;
    private final CpuFeatures cpu;
    private final PullProgress progress;
    private final Patience patience;

    /**
     * How long to wait.
     *
     * @param stall without a byte, after which a try has failed
     * @param pause after a failed try
     */
    public record Patience(Duration stall, Duration pause) {
        public static final Patience DEFAULT =
                new Patience(Duration.ofSeconds(30), Duration.ofSeconds(1));
    }

    /**
     * @param cpu for which a graph is chosen
     */
    public ModelPull(HubAccess access, CpuFeatures cpu, PullProgress progress, Patience patience) {
        this.access = access;
        this.cpu = cpu;
        this.progress = progress;
        this.patience = patience;
    }

    /**
     * What is wanted.
     *
     * @param file path of the graph in the repository; null for the one that suits the CPU
     * @param target the model's folder, which must not be there, unless it is this model
     */
    public record Wanted(HubRepo repo, @Nullable String file, Path target) {}

    /**
     * What is there now.
     *
     * @param already whether it was there before
     */
    public record Pulled(Path folder, ModelCard card, boolean already) {}

    /**
     * @throws ModelException if the model is not there afterwards; it says why, and what to do
     */
    public Pulled run(Wanted wanted) {
        try (var http = new HubHttp(access, patience.stall())) {
            var retries = new Retries(patience.pause(), progress);
            var means = new Means(http, retries, progress);
            var hub = new HubClient(access, http, retries);
            Revision revision = hub.revision(wanted.repo());
            HubRepo repo = wanted.repo().at(revision.commit());
            var selection = HubSelection.of(repo, hub.files(repo), cpu, wanted.file());
            Path target = wanted.target().toAbsolutePath().normalize();
            Optional<Pulled> there = there(target, repo, selection);
            return there.isPresent()
                    ? there.get()
                    : fetch(means, new Plan(repo, revision.licence(), selection, target));
        }
    }

    private record Plan(HubRepo repo, String licence, HubSelection selection, Path target) {

        Path folder() {
            return target.resolveSibling("." + target.getFileName() + ".pull");
        }

        Path parts() {
            return folder().resolve("parts");
        }

        Path model() {
            return folder().resolve("model");
        }
    }

    private static Optional<Pulled> there(Path target, HubRepo repo, HubSelection selection) {
        if (Files.notExists(target)) {
            return Optional.empty();
        }
        if (CardFile.isIn(target)) {
            ModelCard card = CardFile.read(target);
            if (repo.toString().equals(card.source()) && card.model().equals(selection.graph())) {
                return Optional.of(new Pulled(target, card, true));
            }
        }
        throw new ModelException(
                "%s is there already, and is not %s with %s. Remove it, or name another folder with --to."
                        .formatted(target, repo, selection.graph()));
    }

    private Pulled fetch(Means means, Plan plan) {
        try {
            DurableFiles.createFolders(plan.parts());
            try (var _ = lock(plan)) {
                removeOthers(plan);
                fetchAll(means, plan);
                ModelCard card = card(plan);
                CardFile.write(plan.model(), card);
                place(plan);
                return new Pulled(plan.target(), card, false);
            }
        } catch (IOException e) {
            if (DiskFull.is(e)) {
                throw DiskFull.explained(plan.folder(), missing(means, plan), e);
            }
            throw new ModelException("Cannot write to %s: %s".formatted(plan.folder(), e), e);
        }
    }

    /** The system takes it back when the process ends, however it does. */
    private static FileChannel lock(Plan plan) throws IOException {
        var channel =
                FileChannel.open(
                        plan.folder().resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            throw taken(plan, e);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw taken(plan, null);
        }
        return channel;
    }

    private static ModelException taken(Plan plan, @Nullable Exception cause) {
        return new ModelException(
                "Another pull is writing to %s. Wait until it has ended.".formatted(plan.folder()),
                cause);
    }

    /** What an earlier try of another commit or graph left. */
    private static void removeOthers(Plan plan) throws IOException {
        if (Files.notExists(plan.model())) {
            return;
        }
        try (Stream<Path> tree = Files.walk(plan.model())) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                String name = plan.model().relativize(file).toString().replace('\\', '/');
                if (!plan.selection().files().containsKey(name)) {
                    Files.delete(file);
                }
            }
        }
    }

    private void fetchAll(Means means, Plan plan) throws IOException {
        DiskFull.check(plan.folder(), missing(means, plan));
        for (var entry : plan.selection().files().entrySet()) {
            HubFile file = entry.getValue();
            Path target = plan.model().resolve(entry.getKey());
            if (!isThere(file, target)) {
                fetchOne(fetch(means, plan, file), plan, file, target);
            }
        }
    }

    private void fetchOne(FileFetch fetch, Plan plan, HubFile file, Path target)
            throws IOException {
        try {
            fetch.into(target);
        } catch (IOException e) {
            if (DiskFull.is(e) || e instanceof FileSystemException) {
                throw e;
            }
            throw new HubErrors(access, plan.repo()).explained(file.path(), e);
        }
    }

    private long missing(Means means, Plan plan) {
        return plan.selection().files().entrySet().stream()
                .filter(entry -> Files.notExists(plan.model().resolve(entry.getKey())))
                .mapToLong(entry -> fetch(means, plan, entry.getValue()).missing())
                .sum();
    }

    private FileFetch fetch(Means means, Plan plan, HubFile file) {
        var uri = access.uri(plan.repo().filePath(file.path()));
        return new FileFetch(means, file, uri, plan.parts());
    }

    /** From an earlier try, which may have been of another commit. */
    private static boolean isThere(HubFile file, Path target) throws IOException {
        return Files.exists(target) && file.digestOf(target).equals(file.digest());
    }

    /** What the repository's files say, with the checksums that the hub gave for them. */
    private static ModelCard card(Plan plan) throws IOException {
        Path folder = plan.model();
        ModelCard derived = CardFile.derive(folder, plan.selection().graph());
        Map<String, String> sha256 = new TreeMap<>();
        for (String name : ModelFolder.names(folder, derived)) {
            sha256.put(name, Sha256.of(folder.resolve(name)));
        }
        Optional<ModelKind> kind = CardFile.kindOf(folder, derived);
        boolean pair = kind.equals(Optional.of(ModelKind.CROSS_ENCODER));
        boolean single = kind.equals(Optional.of(ModelKind.BI_ENCODER));
        return new ModelCard(
                plan.target().getFileName().toString(),
                plan.licence().isEmpty() ? null : plan.licence(),
                plan.repo().toString(),
                derived.model(),
                sha256,
                derived.maxSequenceLength(),
                pair ? null : derived.pooling(),
                derived.queryPrefix(),
                derived.passagePrefix(),
                single ? null : derived.activation(),
                null,
                derived.canary(),
                null,
                null);
    }

    private static void place(Plan plan) throws IOException {
        DurableFiles.forceTree(plan.model(), plan.parts());
        DurableFiles.rename(plan.model(), plan.target());
        DurableFiles.deleteTree(plan.folder());
    }
}
