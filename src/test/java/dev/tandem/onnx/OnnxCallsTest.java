package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.tandem.fixtures.CommandProcess;
import dev.tandem.fixtures.RealModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxCallsTest {

    private static final int RUNS = 3;
    private static final int LONG_RUN = 256;
    private static final int PATIENCE_MILLIS = 10_000;

    /** What the system says of a process that SIGTERM ended; a crash is another number. */
    private static final int TERMINATED = 128 + 15;

    @Test
    void awaitEnd_runsThatAreStopped_haveLeftTheLibrary() throws Exception {
        var stop = new StopSignal();
        var begun = new CountDownLatch(RUNS);
        List<Thread> threads = new ArrayList<>();
        try (var model = OnnxModel.open(RealModels.folder(RealModels.CROSS_ENCODER))) {
            for (int i = 0; i < RUNS; i++) {
                threads.add(Thread.ofPlatform().start(() -> runUntilStopped(model, stop, begun)));
            }
            begun.await();

            stop.stop();
            stop.awaitEnd(PATIENCE_MILLIS);

            assertThat(threads).noneMatch(OnnxCallsTest::isInTheLibrary);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void awaitEnd_runThatDoesNotEnd_returnsAfterItsPatience() throws Exception {
        var stop = new StopSignal();
        try (var options = new RunOptions()) {
            stop.begin(options);
            long from = System.nanoTime();

            stop.awaitEnd(20);

            assertThat(System.nanoTime() - from).isGreaterThanOrEqualTo(20_000_000L);
            stop.end(options);
            stop.awaitEnd(Long.MAX_VALUE);
        }
    }

    /** Without a wait for them one in two left a crash dump. */
    @RepeatedTest(3)
    void process_thatEndsWhileManyCompute_doesNotCrash(@TempDir Path folder) throws Exception {
        Path dump = folder.resolve("crash");
        var builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:ErrorFile=" + dump,
                                "--enable-native-access=ALL-UNNAMED",
                                RunsUntilExit.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));

        int status = builder.start().waitFor();

        String log = Files.readString(folder.resolve("log"));
        assertThat(status).as(log).isEqualTo(RunsUntilExit.STATUS);
        assertThat(dump).doesNotExist();
        assertThat(log).doesNotContain("Exception", "fatal error");
    }

    @Test
    void command_terminatedInARun_endsAsToldAndSaysNothing(@TempDir Path folder) throws Exception {
        try (var check =
                CommandProcess.start(
                        folder.resolve("log"), 0, "models", "check", RealModels.CROSS_ENCODER)) {
            check.await(() -> check.log().contains("batch 1"));
            String before = check.log();

            check.terminate();

            assertThat(check.end()).as(check.log()).isEqualTo(TERMINATED);
            assertThat(check.log()).doesNotContain("fatal error", "Exception", "stopped");
            assertThat(check.log()).startsWith(before);
        }
    }

    /** Run after run, so that one is under way whenever the signal is given. */
    private static void runUntilStopped(OnnxModel model, StopSignal stop, CountDownLatch begun) {
        var input = new ModelInput(new long[LONG_RUN], new long[LONG_RUN]);
        try {
            while (true) {
                model.run(List.of(input), "logits", stop);
                begun.countDown();
            }
        } catch (RunStoppedException _) {
            // As told.
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isInTheLibrary(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(
                        frame ->
                                frame.getClassName().equals(OrtSession.class.getName())
                                        && frame.getMethodName().equals("run"));
    }
}
