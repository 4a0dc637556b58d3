package dev.tandem.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallIndex;
import dev.tandem.index.Generation;
import dev.tandem.index.IndexFolder;
import dev.tandem.index.PassageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a real {@code index build} in a JVM of its own. */
@Timeout(120)
class KilledBuildTest {
    private static final int POLL_MILLIS = 20;
    private static final int PASSAGES = 50_000;

    /** The progress bar's count, once it is above 0. */
    private static final Pattern SOME_INDEXED = Pattern.compile("\\b[1-9][0-9]*/" + PASSAGES);

    @TempDir private Path folder;

    @Test
    void kill_midBuild_leavesTheServedGenerationAndTheNextBuildWorks()
            throws IOException, InterruptedException {
        Generation served = SmallIndex.build(folder);
        Process build = startLongBuild();
        try {
            awaitPassages(build);
        } finally {
            build.destroyForcibly().waitFor();
        }

        assertThat(generations()).hasSize(2).contains(served.id());
        assertWhole(served);

        Generation next = SmallIndex.build(folder);

        assertThat(generations()).containsExactlyInAnyOrder(served.id(), next.id());
        assertWhole(next);
    }

    private void assertWhole(Generation expected) {
        Generation current = new IndexFolder(folder.resolve("index")).current();
        assertThat(current).isEqualTo(expected);
        assertThat(current.damage()).isEmpty();
        try (var store = PassageStore.open(current)) {
            store.verify();
            assertThat(store.passage(0).id()).isEqualTo("berlin");
        }
    }

    /** Far more passages than are indexed before the kill. */
    private Process startLongBuild() throws IOException {
        String text = "a passage about the weather on the coast of Norway in November ".repeat(8);
        String corpus =
                IntStream.range(0, PASSAGES)
                        .mapToObj(i -> "{\"_id\": \"%d\", \"text\": \"%s\"}%n".formatted(i, text))
                        .collect(Collectors.joining());
        Path input = Files.writeString(folder.resolve("long.jsonl"), corpus);
        var builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "dev.tandem.Tandem",
                        "index",
                        "build",
                        "--input",
                        input.toString(),
                        "--index",
                        folder.resolve("index").toString());
        // In the environment: ONNX Runtime crashes on a class path of some KB as an argument.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment()
                .put("TANDEM_MODELS_DIR", RealModels.FOLDER.toAbsolutePath().toString());
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("build.log").toFile())
                .start();
    }

    /** Until the first passages lie in the folder that is being built. */
    private void awaitPassages(Process build) throws IOException, InterruptedException {
        while (!SOME_INDEXED.matcher(log()).find()) {
            assertThat(build.isAlive()).as("log: %s", log()).isTrue();
            build.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("build.log"));
    }

    private List<String> generations() {
        String[] names = folder.resolve("index").resolve("generations").toFile().list();
        return names == null ? List.of() : Arrays.asList(names);
    }
}
