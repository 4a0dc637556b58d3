package dev.tandem.indexing;

import dev.tandem.index.Generation;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.IndexManifest.FileEntry;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tandem index info}. */
@Command(
        name = "info",
        description = "Say what the served generation holds.",
        mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {

    @Mixin private ServedIndex index = new ServedIndex();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Generation current = index.current();
        IndexManifest manifest = current.manifest();
        var graph = manifest.graph();
        out.printf("generation     %s, built %s%n", current.id(), manifest.created());
        out.printf("source         %s%n", manifest.source().name());
        out.printf("passages       %,d%n", manifest.passages());
        out.printf(
                "vectors        float32, dimension %d, %s%n",
                manifest.dimension(), manifest.similarity());
        out.printf(
                "bi-encoder     %s (%.12s)%n",
                manifest.biEncoder().name(), manifest.biEncoder().fingerprint());
        out.printf(
                "token ids of   %s (%.12s)%n",
                manifest.crossEncoder().name(), manifest.crossEncoder().tokenizer());
        out.printf(
                "graph          maxDegree %d, beamWidth %d, neighborOverflow %.1f, alpha %.1f%n",
                graph.maxDegree(), graph.beamWidth(), graph.neighborOverflow(), graph.alpha());
        out.printf(
                "bytes          %,d, %,d a passage%n",
                current.bytes(), current.bytes() / manifest.passages());
        for (FileEntry file : manifest.files()) {
            out.printf("  %,15d  %s  %s%n", file.length(), file.crc32c(), file.path());
        }
        return 0;
    }
}
