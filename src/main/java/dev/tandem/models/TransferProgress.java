package dev.tandem.models;

import dev.tandem.hub.PullProgress;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How a pull goes: a bar for a person at a terminal, plain lines for a log. */
final class TransferProgress {

    private static final long MEGABYTE = 1_000_000;

    private TransferProgress() {}

    /**
     * @param console what standard input and output are; null or none if they are no terminal
     */
    static PullProgress of(@Nullable Console console, PrintWriter err) {
        return console != null && console.isTerminal()
                ? new Bar()
                : new Lines(err, Duration.ofSeconds(10));
    }

    /** One bar a file. */
    private static final class Bar implements PullProgress {

        private @Nullable ProgressBar bar;

        @Override
        public void begins(String path, long size) {
            close();
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(path)
                            .setInitialMax(size)
                            .setUnit(
                                    size < MEGABYTE ? " kB" : " MB",
                                    size < MEGABYTE ? 1_000 : MEGABYTE)
                            .showSpeed()
                            .setStyle(ProgressBarStyle.ASCII)
                            .setConsumer(new ConsoleProgressBarConsumer(System.err))
                            .build();
        }

        @Override
        public void at(long bytes) {
            if (bar != null) {
                bar.stepTo(bytes);
            }
        }

        @Override
        public void ends() {
            if (bar != null) {
                bar.stepTo(bar.getMax());
            }
            close();
        }

        @Override
        public void says(String line) {
            if (bar != null) {
                bar.setExtraMessage(line);
            } else {
                System.err.println(line);
            }
        }

        private void close() {
            if (bar != null) {
                bar.close();
                bar = null;
            }
        }
    }

    /** A line when a file begins, one now and then, one when it is there. */
    static final class Lines implements PullProgress {

        private final PrintWriter out;
        private final Duration between;
        private String path = "";
        private long size;
        private long said;

        Lines(PrintWriter out, Duration between) {
            this.out = out;
            this.between = between;
        }

        @Override
        public void begins(String its, long bytes) {
            path = its;
            size = bytes;
            said = System.nanoTime();
            says("%s: %,d bytes".formatted(path, size));
        }

        @Override
        public void at(long bytes) {
            if (System.nanoTime() - said > between.toNanos()) {
                said = System.nanoTime();
                says("%s: %,d of %,d bytes".formatted(path, bytes, size));
            }
        }

        @Override
        public void ends() {
            says(path + ": there");
        }

        @Override
        public void says(String line) {
            out.println(line);
            out.flush();
        }
    }
}
