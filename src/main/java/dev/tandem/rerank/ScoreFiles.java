package dev.tandem.rerank;

import dev.tandem.rerank.ScoreFile.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The score cache's folder. Each process appends to a file of its own and reads those of the
 * others, so that writers need no lock on any mount. The oldest files are deleted when there is too
 * much. All of it happens on one thread in the background, and what fails there costs scores that
 * are computed again, never an answer.
 */
final class ScoreFiles implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(ScoreFiles.class);

    /** Records for each score in memory: processes that meet the same pair write it twice. */
    private static final int RECORDS_A_SCORE = 2;

    /** Files that a process fills the folder with, so that little is lost with the oldest. */
    private static final int FILES = 8;

    /** Scores that wait to be written; more are forgotten. */
    private static final int MOST_WAITING = 100_000;

    private static final int PATIENCE_SECONDS = 10;

    private final Settings settings;
    private final long fingerprint;
    private final long mostBytes;
    private final Consumer<Entry> found;
    private final ScheduledThreadPoolExecutor thread;
    private final List<Entry> waiting = new ArrayList<>();
    private final Map<Path, ScoreFile.Reader> readers = new HashMap<>();
    private ScoreFile.@Nullable Writer own;
    private volatile long bytes;
    private final AtomicLong failures = new AtomicLong();
    private final Trouble looking = new Trouble("Scores of others cannot be read in");
    private final Trouble writing = new Trouble("Scores cannot be kept in");

    /** Set when a write failed, until the next look: a full disk is not to cost more than that. */
    private volatile boolean paused;

    /**
     * @param entries scores that are held in memory
     * @param poll how often the others' files are looked at
     */
    record Settings(Path dir, String fingerprint, int entries, Duration poll) {}

    /** Something that the file system may refuse. */
    private interface Step {
        void run() throws IOException;
    }

    /** Tells once when something begins to fail, and once when it works again. */
    private final class Trouble {

        private final String what;
        private boolean told;

        Trouble(String what) {
            this.what = what;
        }

        void failed(Exception e) {
            failures.incrementAndGet();
            if (!told) {
                LOG.warnf("%s %s for now: %s", what, dir(), e);
            }
            told = true;
        }

        void passed() {
            if (told) {
                LOG.infof("The scores in %s are in use again", dir());
            }
            told = false;
        }
    }

    private record Listed(Path path, long size, FileTime modified) {}

    private ScoreFiles(Settings settings, Consumer<Entry> found) {
        this.settings = settings;
        this.found = found;
        fingerprint = ScoreFile.hash(settings.fingerprint());
        mostBytes = (long) settings.entries() * RECORDS_A_SCORE * ScoreFile.RECORD;
        thread =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("score-files").factory());
        thread.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    /**
     * Returns at once; what is there is read in the background.
     *
     * @param found takes the scores of other processes
     */
    static ScoreFiles open(Settings settings, Consumer<Entry> found) {
        var files = new ScoreFiles(settings, found);
        long nanos = settings.poll().toNanos();
        var _ =
                files.thread.scheduleWithFixedDelay(
                        () -> files.attempt(files.looking, files::look),
                        0,
                        nanos,
                        TimeUnit.NANOSECONDS);
        return files;
    }

    /** Has a score written soon. */
    void add(ScoreCache.Key key, float logit) {
        synchronized (waiting) {
            if (paused || waiting.size() >= MOST_WAITING || thread.isShutdown()) {
                return;
            }
            waiting.add(new Entry(key, logit));
            if (waiting.size() > 1) {
                return;
            }
            thread.execute(() -> attempt(writing, this::write));
        }
    }

    /** How often the folder could not be read or written. */
    long failures() {
        return failures.get();
    }

    /** What all files held when they were looked at last. */
    long bytes() {
        return bytes;
    }

    /** Waits until what was added is written. */
    @Override
    public void close() {
        synchronized (waiting) {
            thread.shutdown();
        }
        try {
            if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warnf("Some scores are still to be written to %s; they are left", dir());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Never throws: the next attempt may meet a better mount. */
    private void attempt(Trouble trouble, Step step) {
        try {
            step.run();
            trouble.passed();
        } catch (IOException | RuntimeException e) {
            trouble.failed(e);
        }
    }

    private void write() throws IOException {
        List<Entry> entries;
        synchronized (waiting) {
            entries = List.copyOf(waiting);
            waiting.clear();
        }
        try {
            writer().append(entries);
        } catch (IOException e) {
            paused = true;
            forget(entries.size());
            // What the file ends with now is unknown.
            leaveOwn();
            throw e;
        }
    }

    /** What came meanwhile would only fail as well. */
    private void forget(int failed) {
        synchronized (waiting) {
            LOG.debugf("%d scores are not kept", failed + waiting.size());
            waiting.clear();
        }
    }

    private ScoreFile.Writer writer() throws IOException {
        ScoreFile.Writer its = own;
        if (its != null && its.size() < mostBytes / FILES && Files.exists(its.file())) {
            return its;
        }
        leaveOwn();
        Files.createDirectories(dir());
        its = ScoreFile.Writer.create(dir(), fingerprint);
        own = its;
        return its;
    }

    private void leaveOwn() throws IOException {
        ScoreFile.Writer its = own;
        own = null;
        if (its != null) {
            its.close();
        }
    }

    private void look() throws IOException {
        paused = false;
        if (own != null && !Files.exists(own.file())) {
            // Another process found that there is too much.
            leaveOwn();
        }
        List<Listed> files = Files.isDirectory(dir()) ? list() : List.of();
        long total = files.stream().mapToLong(Listed::size).sum();
        for (Listed file : files) {
            boolean its = own != null && own.file().equals(file.path());
            if (its) {
                continue;
            }
            if (total > mostBytes) {
                Files.deleteIfExists(file.path());
                total -= file.size();
            } else if (file.path().getFileName().toString().startsWith(prefix())) {
                read(file.path());
            }
        }
        bytes = total;
        readers.keySet().retainAll(files.stream().map(Listed::path).toList());
    }

    private void read(Path file) throws IOException {
        try {
            readers.computeIfAbsent(file, path -> new ScoreFile.Reader(path, fingerprint))
                    .readNew(found);
        } catch (NoSuchFileException e) {
            LOG.debugf("%s is gone", file);
        }
    }

    /** The oldest first. */
    private List<Listed> list() throws IOException {
        List<Listed> files = new ArrayList<>();
        try (var all = Files.newDirectoryStream(dir(), "*" + ScoreFile.SUFFIX)) {
            for (Path path : all) {
                var its = Files.readAttributes(path, BasicFileAttributes.class);
                files.add(new Listed(path, its.size(), its.lastModifiedTime()));
            }
        } catch (NoSuchFileException e) {
            LOG.debugf("%s was deleted meanwhile", e.getFile());
        }
        files.sort(Comparator.comparing(Listed::modified));
        return files;
    }

    private Path dir() {
        return settings.dir();
    }

    private String prefix() {
        return ScoreFile.prefix(fingerprint);
    }
}
