package dev.tandem.rerank;

import dev.tandem.onnx.ModelInput;
import dev.tandem.rerank.CostModel.Sample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Runs of known length, made when a model is loaded: they tell how long a run takes while others go
 * beside it, and whether fewer side by side than there are cores do more on this host. All are made
 * on the same threads: the first run of a thread waits for its memory, which takes several times as
 * long as a run of a small model. A start waits for them, so they are few.
 */
final class Calibration implements AutoCloseable {

    /** The middle of what passages have. */
    private static final int MEDIUM = 96;

    private static final int SHORT = 16;

    /**
     * Of the longest, enough to see how time grows; a whole one would be the longest part of it.
     */
    private static final double LONG = 0.75;

    /** How much more half as many runs side by side must do in a time to be preferred. */
    private static final double BETTER = 1.1;

    /** Comparisons double their runs one after the other from 1 to at least so many. */
    private static final int LEAST_ROUNDS = 8;

    /** The longest comparison takes at least as long: what disturbs a short one ends in it. */
    private static final long PERSUASIVE_NANOS = 100_000_000L;

    private final IntFunction<ModelInput> inputs;
    private final Consumer<List<ModelInput>> run;
    private final int cores;
    private final ExecutorService threads;

    /** What medium runs took, by how many went side by side. */
    private final Map<Integer, Long> crowds = new HashMap<>();

    /**
     * @param inputs a sequence of about so many tokens, at most the model's length
     * @param run a run of one sequence or more
     * @param cores runs side by side at most
     */
    Calibration(IntFunction<ModelInput> inputs, Consumer<List<ModelInput>> run, int cores) {
        this.inputs = inputs;
        this.run = run;
        this.cores = cores;
        var named = Thread.ofPlatform().daemon().name("calibration-", 0).factory();
        threads = Executors.newFixedThreadPool(cores, named);
    }

    /**
     * What was found.
     *
     * @param concurrency runs side by side: one a core, or fewer if those do more
     */
    record Result(CostModel cost, int concurrency) {}

    /**
     * @param longest sequence of the model, tokens
     * @param largestBatch sequences of a run at most
     */
    Result measure(int longest, int largestBatch) {
        int lengthy = (int) (LONG * longest);
        warm(lengthy);
        ModelInput medium = inputs.apply(MEDIUM);
        int concurrency = cores;
        while (concurrency > 1 && isHarmful(medium, concurrency)) {
            concurrency /= 2;
        }
        List<Sample> samples = new ArrayList<>();
        samples.add(new Sample(1, medium.length(), crowd(medium, concurrency)));
        samples.add(sample(2, SHORT, concurrency, 1));
        samples.add(sample(1, lengthy, concurrency, 1));
        if (largestBatch > 1) {
            samples.add(sample(2, MEDIUM, concurrency, largestBatch));
            samples.add(sample(2, SHORT, concurrency, largestBatch));
        }
        return new Result(new CostModel(samples, System::nanoTime), concurrency);
    }

    @Override
    public void close() {
        threads.close();
    }

    /** Each thread makes a long run, and has memory for all that are shorter. */
    private void warm(int lengthy) {
        sideBySide(List.of(inputs.apply(lengthy)), cores, 1);
    }

    /** Nanoseconds of a medium run while as many go side by side, measured once. */
    private long crowd(ModelInput medium, int concurrency) {
        return crowds.computeIfAbsent(
                concurrency, _ -> sideBySide(List.of(medium), concurrency, 1));
    }

    /**
     * Whether half as many side by side do clearly more in a time. Every comparison has to say so:
     * beside other work a process may get no more for twice as many threads, but that work may end,
     * and then too few cost half of what the host can do. Too many cost next to nothing. The fewer
     * go first: what comes first takes longer, and what the others take becomes a sample.
     */
    private boolean isHarmful(ModelInput input, int concurrency) {
        int fewer = concurrency / 2;
        long took = 0;
        for (int rounds = 1; rounds <= LEAST_ROUNDS || took < PERSUASIVE_NANOS; rounds *= 2) {
            double half = (double) fewer / rounds(input, fewer, rounds);
            took = rounds(input, concurrency, rounds);
            if (half < BETTER * concurrency / took) {
                return false;
            }
        }
        return true;
    }

    private long rounds(ModelInput medium, int concurrency, int rounds) {
        return rounds == 1
                ? crowd(medium, concurrency)
                : sideBySide(List.of(medium), concurrency, rounds);
    }

    private Sample sample(int rounds, int length, int concurrency, int sequences) {
        ModelInput input = inputs.apply(length);
        List<ModelInput> batch = Collections.nCopies(sequences, input);
        return new Sample(sequences, input.length(), best(rounds, batch, concurrency));
    }

    /** The shortest of some times that runs side by side took, nanoseconds. */
    private long best(int rounds, List<ModelInput> batch, int concurrency) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < rounds; i++) {
            best = Math.min(best, sideBySide(batch, concurrency, 1));
        }
        return best;
    }

    /** Nanoseconds until each of them has made so many runs. */
    private long sideBySide(List<ModelInput> batch, int concurrency, int rounds) {
        Runnable runs =
                () -> {
                    for (int i = 0; i < rounds; i++) {
                        run.accept(batch);
                    }
                };
        long started = System.nanoTime();
        var all =
                Stream.generate(() -> CompletableFuture.runAsync(runs, threads))
                        .limit(concurrency)
                        .toList();
        try {
            all.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        return System.nanoTime() - started;
    }
}
