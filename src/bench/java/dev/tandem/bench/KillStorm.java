package dev.tandem.bench;

import dev.tandem.fixtures.CommandProcess;
import dev.tandem.index.GenerationCopy;
import dev.tandem.index.IndexFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Kills real builds and prunes at random moments, while a reader searches, and looks after each
 * kill whether what is served is what it was: every byte, every passage, every answer of stage 1.
 * In the end one build is resumed and must publish.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=KillStorm \
 *     -Dbench.args="FOLDER [ROUNDS] [PASSAGES] [SEED]"</pre>
 */
public final class KillStorm {

    private static final int DIMENSION = 384;
    private static final int CHECKPOINT_MILLIS = 500;

    /** Between two reads, so that builds have the machine too. */
    private static final long PAUSE_NANOS = 200_000_000;

    /** Builds that begin anew at first, so that there is something to resume, and to serve. */
    private static final int NEW_BUILDS = 10;

    /** Generations that are there to be removed when a prune begins. */
    private static final int TO_PRUNE = 5;

    private final Path folder;
    private final Path index;
    private final Path corpus;
    private final Random random;
    private final ServedCheck served;
    private final Map<String, Integer> kills = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger reads = new AtomicInteger();
    private int ended;
    private int toResume;
    private int resumed;
    private int published;
    private int orphans;
    private long buildMillis;
    private long pruneMillis;

    private KillStorm(Path folder, long seed) {
        this.folder = folder;
        index = folder.resolve("index");
        corpus = folder.resolve("corpus.jsonl");
        random = new Random(seed);
        served = new ServedCheck(index, DIMENSION);
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 100;
        int passages = args.length > 2 ? Integer.parseInt(args[2]) : 2_000;
        long seed = args.length > 3 ? Long.parseLong(args[3]) : 1;
        var storm = new KillStorm(Files.createDirectories(Path.of(args[0])), seed);
        storm.writeCorpus(passages);
        storm.run(rounds);
        System.exit(storm.failures.isEmpty() ? 0 : 1);
    }

    private void writeCorpus(int passages) throws IOException {
        Files.writeString(
                corpus,
                IntStream.range(0, passages)
                        .mapToObj("{\"_id\": \"p%1$d\", \"text\": \"number %1$d\"}%n"::formatted)
                        .collect(Collectors.joining()));
    }

    private void run(int rounds) throws Exception {
        buildMillis = unbroken("index", "build", "--input", corpus.toString(), "--index", at());
        pruneMillis = unbroken("index", "prune", "--keep", "1", "--index", at());
        System.out.printf("a build takes %d ms, a prune %d ms%n", buildMillis, pruneMillis);
        Thread reader = Thread.ofPlatform().name("reader").start(this::readOn);
        for (int round = 0; round < rounds; round++) {
            round(round);
        }
        over.set(true);
        reader.join();
        String before = new IndexFolder(index).currentId();
        unbroken(build("--resume"));
        check("the last build");
        if (new IndexFolder(index).currentId().equals(before)) {
            failures.add("the last build did not publish");
        }
        print(rounds);
    }

    private void round(int round) throws Exception {
        int dice = random.nextInt(100);
        if (round >= NEW_BUILDS && dice < 30) {
            prune("round " + round + ", a prune");
        } else {
            boolean resumes = round >= NEW_BUILDS && dice < 85;
            toResume += resumes && !named(".building").isEmpty() ? 1 : 0;
            String what = resumes ? "a resumed build" : "a new build";
            killBuild(
                    "round " + round + ", " + what,
                    build(resumes ? "--resume" : "--on-error=skip"));
        }
    }

    private String[] build(String option) {
        return new String[] {
            "index", "build", "--input", corpus.toString(), "--index", at(), "--keep", "3", option
        };
    }

    private void prune(String round) throws Exception {
        addOldGenerations();
        var pruned = (BooleanSupplier) () -> !named(".pruned").isEmpty();
        var process = start("index", "prune", "--keep", "1", "--index", at());
        boolean killed = kill(process, pruneMillis, pruned, 20);
        String phase = pruned.getAsBoolean() ? "prune" : "prune, not begun or done";
        note(round, process, killed, phase);
    }

    /** Copies of the served generation, as old as can be. */
    private void addOldGenerations() throws IOException {
        var current = new IndexFolder(index).current();
        for (int i = 0; i < TO_PRUNE; i++) {
            String id = "20200101T0000%02d-000".formatted(i);
            if (!Files.exists(current.folder().resolveSibling(id))) {
                GenerationCopy.of(current, id);
            }
        }
    }

    private void killBuild(String round, String... command) throws Exception {
        String before = new IndexFolder(index).currentId();
        List<BooleanSupplier> moments =
                List.of(
                        () -> inBuilding("passages"),
                        () -> inBuilding("work/graph.lists"),
                        () -> inBuilding("graph.jvector"),
                        () -> inBuilding("graph.checksums"),
                        () -> inBuilding("manifest.json"),
                        () -> !before.equals(new IndexFolder(index).currentId()));
        // What a stopped build left is there before the one that resumes it has begun.
        boolean anew = named(".building").isEmpty() || !List.of(command).contains("--resume");
        BooleanSupplier moment = moments.get(random.nextInt(moments.size()));
        var process = start(command);
        boolean killed =
                kill(
                        process,
                        buildMillis,
                        () -> (anew || process.log().contains("Resuming:")) && moment.getAsBoolean(),
                        1_000);
        String log = process.log();
        if (log.contains("Resuming:")) {
            resumed++;
        }
        note(round, process, killed, phase(before));
    }

    /** Half of them at any time, half of them some time after something has happened. */
    private boolean kill(
            CommandProcess process, long usualMillis, BooleanSupplier moment, int laterMillis)
            throws InterruptedException {
        boolean ends;
        if (random.nextBoolean()) {
            ends = process.endsWithin(random.nextLong(usualMillis));
        } else {
            while (!moment.getAsBoolean() && !process.endsWithin(1)) {
                Thread.onSpinWait();
            }
            ends = process.endsWithin(random.nextInt(4) == 0 ? 0 : random.nextInt(laterMillis));
        }
        process.kill();
        return !ends;
    }

    private void note(String round, CommandProcess process, boolean killed, String phase)
            throws InterruptedException {
        if (killed) {
            kills.merge(phase, 1, Integer::sum);
        } else {
            ended++;
            if (process.end() != 0) {
                failures.add(round + ": " + process.log());
            }
        }
        check(round + ", " + phase);
        System.out.printf("%s: %s, %s%n", round, killed ? "killed" : "ended", phase);
    }

    /** Where a build was when it was killed, by what it left. */
    private String phase(String before) {
        if (!new IndexFolder(index).currentId().equals(before)) {
            published++;
            return "published";
        }
        if (inBuilding("graph.checksums")) {
            return "publish";
        }
        if (inBuilding("work/graph.lists")) {
            return "graph";
        }
        if (!named(".building").isEmpty()) {
            return "encode";
        }
        if (generations().anyMatch(name -> name.compareTo(before) > 0)) {
            orphans++;
            return "publish";
        }
        return "start";
    }

    private void check(String when) {
        try {
            served.checkAll();
        } catch (RuntimeException e) {
            failures.add(when + ": " + e);
        }
    }

    private void readOn() {
        while (!over.get()) {
            try {
                served.read();
                reads.incrementAndGet();
                LockSupport.parkNanos(PAUSE_NANOS);
            } catch (RuntimeException e) {
                synchronized (failures) {
                    failures.add("reader: " + e);
                }
            }
        }
    }

    private long unbroken(String... command) throws Exception {
        long start = System.nanoTime();
        var process = start(command);
        if (process.end() != 0) {
            failures.add(String.join(" ", command) + ": " + process.log());
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    private CommandProcess start(String... command) throws IOException {
        return CommandProcess.start(folder.resolve("log"), CHECKPOINT_MILLIS, command);
    }

    private String at() {
        return index.toString();
    }

    private boolean inBuilding(String file) {
        return named(".building").stream()
                .anyMatch(name -> Files.exists(index.resolve("generations", name, file)));
    }

    private List<String> named(String suffix) {
        return generations().filter(name -> name.endsWith(suffix)).toList();
    }

    private Stream<String> generations() {
        String[] names = index.resolve("generations").toFile().list();
        return names == null ? Stream.of() : Stream.of(names);
    }

    private void print(int rounds) {
        System.out.printf("%n| %-30s | %6s |%n|---|---|%n", "what", "times");
        row("rounds", rounds);
        kills.forEach((phase, count) -> row("killed: " + phase, count));
        row("ended before their kill", ended);
        row("--resume with a stopped build", toResume);
        row("of them had passages encoded", resumed);
        row("published", published);
        row("named, but not yet CURRENT", orphans);
        row("whole reads beside them", reads.get());
        row("failures", failures.size());
        failures.forEach(System.out::println);
    }

    private static void row(String what, int count) {
        System.out.printf("| %-30s | %,6d |%n", what, count);
    }
}
