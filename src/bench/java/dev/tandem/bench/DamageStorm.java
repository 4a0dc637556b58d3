package dev.tandem.bench;

import dev.tandem.bench.DamagedServing.Outcome;
import dev.tandem.fixtures.ModelsAt;
import dev.tandem.fixtures.RealModels;
import dev.tandem.index.Generation;
import dev.tandem.indexing.IndexCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Damages each file of a generation at random, byte by byte and by truncation, at rest and while it
 * is served. {@code index verify} must name the file; who serves must answer as from a whole one,
 * or refuse and say where the damage is.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=DamageStorm \
 *     -Dbench.args="FOLDER [FLIPS] [CUTS] [SEED]"</pre>
 */
public final class DamageStorm {

    private final Path index;
    private final Random random;
    private final List<Path> files;
    private final DamagedServing serving;

    private static final class Tally {
        private int rounds;
        private int reported;
        private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);

        void add(boolean told, Outcome outcome) {
            rounds++;
            reported += told ? 1 : 0;
            outcomes.merge(outcome, 1, Integer::sum);
        }

        int of(Outcome outcome) {
            return outcomes.getOrDefault(outcome, 0);
        }
    }

    private DamageStorm(Path index, long seed) throws IOException {
        this.index = index;
        random = new Random(seed);
        Generation generation = StormIndex.build(index);
        try (Stream<Path> tree = Files.walk(generation.folder())) {
            files = tree.filter(file -> file.toFile().length() > 0 && Files.isRegularFile(file)).sorted().toList();
        }
        serving = new DamagedServing(index);
    }

    public static void main(String[] args) throws IOException {
        int flips = args.length > 1 ? Integer.parseInt(args[1]) : 1_000;
        int cuts = args.length > 2 ? Integer.parseInt(args[2]) : 200;
        long seed = args.length > 3 ? Long.parseLong(args[3]) : 1;
        var storm = new DamageStorm(Path.of(args[0]), seed);
        storm.flip(flips);
        storm.cut(cuts);
        storm.cutWhileServed(cuts);
        storm.serving.notes().forEach(System.out::println);
        System.exit(storm.serving.notes().isEmpty() ? 0 : 1);
    }

    private void flip(int flips) throws IOException {
        Map<String, Tally> tallies = new TreeMap<>();
        for (int i = 0; i < flips; i++) {
            Path file = any();
            byte[] whole = Files.readAllBytes(file);
            int at = random.nextInt(whole.length);
            byte damaged = (byte) (whole[at] ^ (1 << random.nextInt(Byte.SIZE)));
            write(file, at, damaged);
            tally(tallies, file).add(isReported(file), serving.serve(file));
            write(file, at, whole[at]);
        }
        print("flips", tallies);
    }

    private void cut(int cuts) throws IOException {
        Map<String, Tally> tallies = new TreeMap<>();
        for (int i = 0; i < cuts; i++) {
            Path file = any();
            byte[] whole = Files.readAllBytes(file);
            truncate(file, random.nextInt(whole.length));
            tally(tallies, file).add(isReported(file), serving.serve(file));
            Files.write(file, whole);
        }
        print("cuts", tallies);
    }

    private void cutWhileServed(int cuts) throws IOException {
        Map<String, Tally> tallies = new TreeMap<>();
        for (int i = 0; i < cuts; i++) {
            Path file = any();
            byte[] whole = Files.readAllBytes(file);
            int length = random.nextBoolean() ? 0 : random.nextInt(whole.length);
            Outcome outcome = serving.serveWhile(file, () -> truncate(file, length));
            tally(tallies, file).add(isReported(file), outcome);
            Files.write(file, whole);
        }
        print("cut while served", tallies);
    }

    /** Whether {@code index verify} fails and names the file. */
    private boolean isReported(Path file) {
        var said = new StringWriter();
        int exit =
                IndexCommand.create(
                                new ModelsAt(
                                        RealModels.FOLDER,
                                        RealModels.BI_ENCODER,
                                        RealModels.CROSS_ENCODER))
                        .setErr(new PrintWriter(said, true))
                        .setOut(new PrintWriter(said, true))
                        .setExecutionExceptionHandler(
                                (e, command, _) -> {
                                    command.getErr().println(e);
                                    return 2;
                                })
                        .execute("verify", "--index", index.toString());
        return exit != 0 && said.toString().contains(file.toString());
    }

    private Path any() {
        return files.get(random.nextInt(files.size()));
    }

    private static Tally tally(Map<String, Tally> tallies, Path file) {
        return tallies.computeIfAbsent(file.getFileName().toString(), _ -> new Tally());
    }

    private static void write(Path file, long at, byte value) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {value}), at);
        }
    }

    private static void truncate(Path file, long length) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private static void print(String what, Map<String, Tally> tallies) {
        System.out.printf(
                "%n| file | %s | reported | served equal | refused | filter set differs | wrong |%n"
                        + "|---|---|---|---|---|---|---|%n",
                what);
        var all = new Tally();
        tallies.forEach(
                (file, tally) -> {
                    row(file, tally);
                    all.rounds += tally.rounds;
                    all.reported += tally.reported;
                    tally.outcomes.forEach((o, n) -> all.outcomes.merge(o, n, Integer::sum));
                });
        row("all", all);
    }

    private static void row(String file, Tally tally) {
        System.out.printf(
                "| %s | %d | %d | %d | %d | %d | %d |%n",
                file,
                tally.rounds,
                tally.reported,
                tally.of(Outcome.EQUAL),
                tally.of(Outcome.REFUSED),
                tally.of(Outcome.FILTER_DIFFERS),
                tally.of(Outcome.WRONG));
    }
}
