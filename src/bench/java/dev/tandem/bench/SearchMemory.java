package dev.tandem.bench;

import dev.tandem.candidates.JVectorCandidateSearcher;
import dev.tandem.candidates.WalkLimits;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What searching takes of memory: the process' resident set before the index is opened, when it is
 * open, and after all queries, as Linux counts it.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=SearchMemory -Dbench.jvm=-Xmx256m \
 *     -Dbench.args="VECTORS INDEX low|normal"</pre>
 */
public final class SearchMemory {

    private static final int COUNT = 100;
    private static final int KEPT = 200;

    private SearchMemory() {}

    public static void main(String[] args) throws Exception {
        try (var files = VectorFiles.openWithoutTruth(Path.of(args[0]))) {
            Generation generation = new IndexFolder(Path.of(args[1])).current();
            say("bare JVM, queries loaded");
            var manifest = generation.manifest();
            Memory memory = Memory.valueOf(args[2].toUpperCase(Locale.ROOT));
            try (var searcher =
                    JVectorCandidateSearcher.open(
                            generation.folder(),
                            manifest.passages(),
                            manifest.dimension(),
                            1,
                            memory)) {
                searcher.awaitFetched();
                say("open");
                for (int pass = 0; pass < 5; pass++) {
                    for (float[] query : files.queries()) {
                        searcher.search(query, COUNT, KEPT, null, WalkLimits.NONE);
                    }
                    say((pass + 1) * files.queries().length + " queries");
                }
            }
        }
    }

    private static void say(String when) throws IOException {
        Map<String, String> status =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .map(line -> line.split(":\\s*", 2))
                        .collect(Collectors.toMap(line -> line[0], line -> line[1]));
        var heap = Runtime.getRuntime();
        System.out.printf(
                "%-28s resident %4d MB (anonymous %4d, files %4d), heap used %3d MB%n",
                when,
                megabytes(status, "VmRSS"),
                megabytes(status, "RssAnon"),
                megabytes(status, "RssFile"),
                (heap.totalMemory() - heap.freeMemory()) >> 20);
    }

    private static long megabytes(Map<String, String> status, String field) {
        return Long.parseLong(status.get(field).replace(" kB", "")) >> 10;
    }
}
