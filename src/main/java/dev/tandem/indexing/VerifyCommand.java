package dev.tandem.indexing;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.PassageStore;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tandem index verify}. */
@Command(
        name = "verify",
        description = "Read every file of the served generation and compare it with the manifest.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

    @Mixin private ServedIndex index = new ServedIndex();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Generation current = index.current();
        List<String> damage = current.damage();
        if (!damage.isEmpty()) {
            damage.forEach(spec.commandLine().getErr()::println);
            return 1;
        }
        IndexManifest manifest = current.manifest();
        try (var store = PassageStore.open(current)) {
            store.verify();
        }
        JVectorCandidateSearcher.open(
                        IndexLayout.graph(current.folder()),
                        manifest.passages(),
                        manifest.dimension(),
                        1)
                .close();
        out.printf(
                "Generation %s is whole: %d files, %,d bytes, %,d passages.%n",
                current.id(), manifest.files().size(), current.bytes(), manifest.passages());
        return 0;
    }
}
