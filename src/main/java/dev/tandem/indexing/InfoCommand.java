package dev.tandem.indexing;

import dev.tandem.candidates.MemoryNeed;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexManifest;
import dev.tandem.index.IndexManifest.FileEntry;
import dev.tandem.index.IndexManifest.VectorStorage;
import dev.tandem.index.Memory;
import dev.tandem.index.MetadataType;
import dev.tandem.index.PassageStore;
import dev.tandem.index.Verify;
import java.io.PrintWriter;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tandem index info}. */
@Command(
        name = "info",
        description = "Say what the served generation holds, and what memory serving it takes.",
        mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {

    @Mixin private ServedIndex index = new ServedIndex();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (var leased = index.folder().lease(Verify.LENGTHS)) {
            Generation current = leased.generation();
            printOrigin(out, current);
            printGraph(out, current.manifest());
            try (var passages = PassageStore.open(current)) {
                printFields(out, passages.fields());
            }
            printFiles(out, current);
        }
        return 0;
    }

    private static void printOrigin(PrintWriter out, Generation current) {
        IndexManifest manifest = current.manifest();
        out.printf("generation     %s, built %s%n", current.id(), manifest.created());
        out.printf("source         %s%n", manifest.source().name());
        out.printf("passages       %,d%n", manifest.passages());
        out.printf(
                "bi-encoder     %s (%.12s)%n",
                manifest.biEncoder().name(), manifest.biEncoder().fingerprint());
        out.printf(
                "token ids of   %s (%.12s)%n",
                manifest.crossEncoder().name(), manifest.crossEncoder().tokenizer());
        out.printf("long passages  %s%n", manifest.crossEncoder().longPassages());
    }

    private static void printGraph(PrintWriter out, IndexManifest manifest) {
        VectorStorage vectors = manifest.vectors();
        var graph = manifest.graph();
        String codes =
                vectors.codeBytes() == 0
                        ? "no codes"
                        : "codes of %d bytes".formatted(vectors.codeBytes());
        String hot =
                vectors.hotRecords() == 0
                        ? "all: the graph is held whole"
                        : "%,d".formatted(vectors.hotRecords());
        out.printf(
                "vectors        %s, dimension %d, %s, %s%n",
                vectors.encoding(), manifest.dimension(), manifest.similarity(), codes);
        out.printf(
                "graph          maxDegree %d, beamWidth %d, neighborOverflow %.1f, alpha %.1f%n",
                graph.maxDegree(), graph.beamWidth(), graph.neighborOverflow(), graph.alpha());
        out.printf("hot records    %s%n", hot);
        out.printf("memory         %s%n", memory(MemoryNeed.of(manifest)));
    }

    private static String memory(MemoryNeed need) {
        String normal =
                need.codes() == 0
                        ? ""
                        : " (tandem.index.memory=normal: %s)"
                                .formatted(mb(need.held(Memory.NORMAL)));
        return "needs %s%s, and about %s for each search at a time"
                .formatted(mb(need.held(Memory.LOW)), normal, mb(need.search()));
    }

    /** Rounded up: less would not do. */
    private static String mb(long bytes) {
        return "%,.1f MB".formatted(Math.ceil(bytes / 1e5) / 10);
    }

    private static void printFields(
            PrintWriter out, SortedMap<String, Set<MetadataType>> filterable) {
        out.printf("fields         %,d to filter by%n", filterable.size());
        filterable.forEach((path, types) -> out.printf("  %s: %s%n", path, names(types)));
    }

    private static String names(Set<MetadataType> types) {
        return types.stream()
                .sorted()
                .map(MetadataType::toString)
                .collect(Collectors.joining(", "));
    }

    private static void printFiles(PrintWriter out, Generation current) {
        IndexManifest manifest = current.manifest();
        out.printf(
                "bytes          %,d, %,d a passage%n",
                current.bytes(), current.bytes() / manifest.passages());
        for (FileEntry file : manifest.files()) {
            out.printf("  %,15d  %s  %s%n", file.length(), file.crc32c(), file.path());
        }
    }
}
