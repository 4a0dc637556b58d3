package dev.tandem.index;

import dev.tandem.model.IndexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Another process that reads an index. */
final class Reader implements AutoCloseable {

    private final Process process;

    private Reader(Process process) {
        this.process = process;
    }

    /** Starts one, and waits until it holds the served generation. */
    static Reader holding(Path index) throws IOException {
        var reader = start("hold", index);
        if (!reader.line().startsWith("holds")) {
            throw new AssertionError("the reader does not hold its generation");
        }
        return reader;
    }

    /** Starts one that opens and reads what is served, again and again, until it is told to end. */
    static Reader rereading(Path index) throws IOException {
        var reader = start("reread", index);
        if (!reader.line().startsWith("begins")) {
            throw new AssertionError("the reader does not read");
        }
        return reader;
    }

    /** {@code taken} if another process can take the build lock, else {@code refused}. */
    static String buildLock(Path index) throws IOException, InterruptedException {
        return start("lock", index).end();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Tells it to end, and gives the last line that it said. */
    String end() throws IOException, InterruptedException {
        process.getOutputStream().write('.');
        process.getOutputStream().close();
        String line = line();
        process.waitFor();
        return line;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private String line() throws IOException {
        return String.valueOf(process.inputReader(StandardCharsets.UTF_8).readLine());
    }

    private static Reader start(String what, Path index) throws IOException {
        var builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        Reader.class.getName(),
                        what,
                        index.toString());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return new Reader(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** The other process. */
    public static void main(String[] args) throws IOException {
        var index = new IndexFolder(Path.of(args[1]));
        if (args[0].equals("hold")) {
            try (var leased = index.lease(Verify.LENGTHS)) {
                System.out.println("holds " + leased.generation().id());
                var _ = System.in.read();
            }
            System.out.println("let go");
            return;
        }
        if (args[0].equals("lock")) {
            System.out.println(lock(index));
            return;
        }
        System.out.println("begins");
        System.out.println(reread(index));
    }

    private static String lock(IndexFolder index) throws IOException {
        try (var _ = BuildLock.take(index)) {
            return "taken";
        } catch (IndexException e) {
            return "refused";
        }
    }

    /** What is read under a lease must be whole from the first byte to the last. */
    private static String reread(IndexFolder index) {
        int reads = 0;
        try {
            for (; System.in.available() == 0 && reads < 1_000_000; reads++) {
                try (var leased = index.lease(Verify.FULL)) {
                    Thread.onSpinWait();
                    List<String> damage = leased.generation().damage();
                    if (!damage.isEmpty()) {
                        return "torn: " + damage;
                    }
                }
            }
            return "whole " + reads;
        } catch (IndexException e) {
            return "failed after " + reads + ": " + e.getMessage();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
