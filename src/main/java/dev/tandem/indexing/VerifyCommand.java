package dev.tandem.indexing;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexLayout;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.Memory;
import dev.tandem.index.PassageStore;
import dev.tandem.model.IndexException;
import java.nio.file.Path;
import java.util.ArrayList;
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
        try (var leased = index.folder().leaseUnchecked()) {
            Generation generation = leased.generation();
            List<String> damage = problems(generation);
            if (damage.isEmpty()) {
                sayWhole(generation);
                return 0;
            }
            damage.forEach(spec.commandLine().getErr()::println);
            return 1;
        }
    }

    /** All of them: who repairs wants to know how much there is. */
    private static List<String> problems(Generation generation) {
        List<String> damaged = generation.damage();
        List<String> problems = new ArrayList<>(damaged);
        problems.addAll(generation.unexpected());
        // What is inside a file whose bytes differ is known to be wrong, and readers may choke on
        // it.
        if (noneUnder(IndexLayout.passages(generation.folder()), damaged)) {
            addProblem(() -> verifyPassages(generation), problems);
        }
        if (noneUnder(IndexLayout.graph(generation.folder()), damaged)) {
            addProblem(() -> verifyGraph(generation), problems);
        }
        return problems;
    }

    private static boolean noneUnder(Path part, List<String> damaged) {
        return damaged.stream().noneMatch(line -> line.startsWith(part.toString()));
    }

    private static void addProblem(Runnable check, List<String> problems) {
        try {
            check.run();
        } catch (IndexException e) {
            problems.add(e.getMessage());
        }
    }

    private static void verifyPassages(Generation generation) {
        try (var store = PassageStore.open(generation)) {
            store.verify();
        }
    }

    private static void verifyGraph(Generation generation) {
        IndexManifest manifest = generation.manifest();
        JVectorCandidateSearcher.open(
                        generation.folder(),
                        manifest.passages(),
                        manifest.dimension(),
                        1,
                        Memory.NORMAL)
                .closeFetched();
    }

    private void sayWhole(Generation generation) {
        IndexManifest manifest = generation.manifest();
        spec.commandLine()
                .getOut()
                .printf(
                        "Generation %s is whole: %d files, %,d bytes, %,d passages.%n",
                        generation.id(),
                        manifest.files().size(),
                        generation.bytes(),
                        manifest.passages());
    }
}
