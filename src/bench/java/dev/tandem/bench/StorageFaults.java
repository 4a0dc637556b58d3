package dev.tandem.bench;

import dev.tandem.fixtures.IndexAt;
import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.Settings;
import dev.tandem.index.Generation;
import dev.tandem.index.GenerationCopy;
import dev.tandem.index.Memory;
import dev.tandem.index.Verify;
import dev.tandem.retrieval.LiveEngine;
import dev.tandem.retrieval.Models;
import dev.tandem.retrieval.Reloader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What becomes of answers and readiness when the storage of a serving engine fails, fault by fault,
 * each beside a healthy run just before it, and how long it takes to be well again.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=StorageFaults \
 *     -Dbench.args="FOLDER SECONDS THREADS [disk|mount]"</pre>
 *
 * <p>Needs root: it mounts src/bench/sh/slowfs.sh in FOLDER, and folders over others.
 */
public final class StorageFaults {

    private static final String OTHER = "20990101T000000-000";
    private static final long PATIENCE_SECONDS = 40;

    private final Path folder;
    private final Path source;
    private final Path served;
    private final Path mount;
    private final Duration phase;
    private final int threads;
    private final Generation generation;
    private boolean slow;

    /** Something done to the storage. */
    private interface Step {
        void run() throws Exception;
    }

    private record Fault(String name, Step begin, Step end) {}

    private StorageFaults(Path folder, Duration phase, int threads) throws IOException {
        this.folder = folder;
        this.phase = phase;
        this.threads = threads;
        source = folder.resolve("source");
        served = folder.resolve("served");
        mount = folder.resolve("mount");
        generation = FaultIndex.build(source);
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "faults").toRealPath();
        var phase = Duration.ofSeconds(Long.parseLong(args[1]));
        var bench = new StorageFaults(folder, phase, Integer.parseInt(args[2]));
        String where = args.length > 3 ? args[3] : "";
        System.out.println(FaultFigures.header() + "   red s  green s  note");
        if (!where.equals("mount")) {
            bench.runAll(bench.onDisk(), bench.served);
        }
        if (!where.equals("disk")) {
            bench.runMounted();
        }
        System.exit(0);
    }

    private void runMounted() throws Exception {
        slow = true;
        mountSource();
        try {
            runAll(onMount(), mount);
        } finally {
            unmount();
        }
    }

    private List<Fault> onDisk() {
        return List.of(
                new Fault("folder removed", this::remove, this::copy),
                new Fault("folder moved away", () -> move(served, "away"), this::moveBack),
                new Fault("another generation", this::other, this::original),
                new Fault("empty folder over it", this::cover, this::uncover),
                new Fault("graph cut to half", () -> cut("graph.jvector"), this::whole),
                new Fault("texts cut to half", () -> cut("passages/_0.fdt"), this::whole),
                new Fault("token ids cut to half", () -> cut("passages/_0_Lucene90_0.dvd"), this::whole));
    }

    private List<Fault> onMount() {
        return List.of(
                new Fault("EIO", () -> inject("eio"), () -> inject("none")),
                new Fault("ESTALE", () -> inject("estale"), () -> inject("none")),
                new Fault("reads stall 2 s", () -> inject("stall 2000"), () -> inject("none")),
                new Fault("mount dies", this::killMount, this::mountAgain));
    }

    private void runAll(List<Fault> faults, Path index) throws Exception {
        for (Fault fault : faults) {
            if (!slow) {
                restore();
            }
            run(fault, index);
        }
    }

    private void run(Fault fault, Path index) throws Exception {
        var models =
                Models.open(
                        new ModelsAt(
                                RealModels.FOLDER, RealModels.BI_ENCODER, RealModels.CROSS_ENCODER));
        var config =
                new IndexAt(index, Memory.LOW, Optional.empty(), Verify.LENGTHS, Duration.ofSeconds(1));
        try (var live = new LiveEngine();
                var reloader =
                        new Reloader(
                                live,
                                config,
                                Settings.CANDIDATES,
                                Settings.RERANK,
                                Settings.cache(100_000))) {
            reloader.start(models);
            try (var load = new FaultLoad(live, threads)) {
                report(fault, live, reloader, load);
            }
        }
    }

    private void report(Fault fault, LiveEngine live, Reloader reloader, FaultLoad load)
            throws Exception {
        load.count();
        Thread.sleep(1_000);
        FaultFigures healthy = load.count();
        Thread.sleep(phase);
        FaultFigures during = load.count();
        long begun = System.nanoTime();
        fault.begin().run();
        double red = seconds(begun, () -> !isGreen(live), phase.toSeconds());
        Thread.sleep(Duration.ofNanos(Math.max(0, begun + phase.toNanos() - System.nanoTime())));
        String note = reloader.degraded().isPresent() ? "degraded" : "";
        boolean wasRed = !isGreen(live);
        fault.end().run();
        long ended = System.nanoTime();
        double green =
                seconds(
                        ended,
                        () -> isGreen(live) && reloader.degraded().isEmpty(),
                        PATIENCE_SECONDS);
        FaultFigures after = load.count();
        Thread.sleep(phase);
        System.out.println(healthy.line(fault.name() + ": healthy"));
        System.out.printf(
                "%s %7.2f %8.2f  %s%s%n",
                during.line("  during"), red, green, wasRed ? "red at its end " : "", note);
        System.out.println(after.line("  after"));
    }

    private static boolean isGreen(LiveEngine live) {
        return live.isReady() && live.failing().isEmpty();
    }

    /** NaN if it does not come. */
    private static double seconds(long since, BooleanSupplier reached, long most)
            throws InterruptedException {
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() - since > most * 1_000_000_000) {
                return Double.NaN;
            }
            Thread.sleep(5);
        }
        return (System.nanoTime() - since) / 1e9;
    }

    private void restore() throws Exception {
        sh("rm", "-rf", served.toString());
        copy();
    }

    private void remove() throws Exception {
        sh("rm", "-rf", served.toString());
    }

    private void copy() throws Exception {
        sh("cp", "-r", source.toString(), served.toString());
    }

    private void move(Path from, String to) throws IOException {
        Files.move(from, folder.resolve(to));
    }

    private void moveBack() throws IOException {
        Files.move(folder.resolve("away"), served);
    }

    private void other() throws Exception {
        remove();
        copy();
        var its = new Generation(inServed(""), generation.manifest());
        GenerationCopy.of(its, OTHER);
        GenerationCopy.serve(served, OTHER);
        sh("rm", "-rf", inServed("").toString());
    }

    private void original() throws Exception {
        restore();
    }

    private void cover() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        sh("mount", "--bind", empty.toString(), served.toString());
    }

    private void uncover() throws Exception {
        sh("umount", served.toString());
    }

    private Path inServed(String file) {
        return served.resolve(source.relativize(generation.folder())).resolve(file);
    }

    private void cut(String file) throws IOException {
        try (var channel =
                FileChannel.open(
                        inServed(file), StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
    }

    /** Into the same files, as a copy by hand would. */
    private void whole() throws Exception {
        sh("cp", "-r", source + "/.", served.toString());
    }

    private void inject(String fault) throws IOException {
        Files.writeString(mount.resolve(".slowfs-faults"), fault);
    }

    /** The process that serves this mount, and no other. What is cached would go on serving. */
    private void killMount() throws IOException {
        inject("none");
        ProcessHandle.allProcesses()
                .filter(its -> its.info().arguments().map(this::servesMount).orElse(false))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private boolean servesMount(String[] arguments) {
        return arguments.length > 0 && arguments[0].equals(mount.toString());
    }

    private void mountAgain() throws Exception {
        unmount();
        mountSource();
    }

    private void mountSource() throws Exception {
        sh("src/bench/sh/slowfs.sh", "mount", source.toString(), mount.toString(), "0");
    }

    private void unmount() throws Exception {
        sh("fusermount3", "-u", "-z", mount.toString());
    }

    private static void sh(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(words));
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException(command + " ended with " + exit);
        }
    }
}
