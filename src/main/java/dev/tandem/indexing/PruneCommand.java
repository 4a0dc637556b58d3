package dev.tandem.indexing;

import dev.tandem.index.Pruned;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tandem index prune}. */
@Command(
        name = "prune",
        description = "Remove old generations that nobody reads.",
        mixinStandardHelpOptions = true)
final class PruneCommand implements Callable<Integer> {

    @Mixin private ServedIndex index = new ServedIndex();

    @Mixin private KeptGenerations kept = new KeptGenerations();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        int keep = kept.count();
        PrintWriter out = spec.commandLine().getOut();
        try {
            Pruned pruned = index.folder().prune(keep);
            pruned.lines().forEach(out::println);
            out.printf("%d generations removed.%n", pruned.removed().size());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot prune " + index.folder().path(), e);
        }
        return 0;
    }
}
