package dev.tandem.rerank;

import dev.tandem.onnx.ModelInput;
import dev.tandem.rerank.CostModel.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Runs of known length, made when a model is loaded: they tell how long a run takes while others go
 * beside it, and whether fewer side by side than there are cores do more on this host.
 */
final class Calibration {

    /** The middle of what passages have. */
    private static final int MEDIUM = 96;

    private static final int SHORT = 16;

    /** How much more half as many runs side by side must do in a time to be preferred. */
    private static final double BETTER = 1.1;

    /** Runs one after the other in the comparisons. */
    private static final int[] ROUNDS = {1, 2, 4, 8};

    private final IntFunction<ModelInput> inputs;
    private final Consumer<ModelInput> run;

    /**
     * @param inputs a sequence of about so many tokens, at most the model's length
     */
    Calibration(IntFunction<ModelInput> inputs, Consumer<ModelInput> run) {
        this.inputs = inputs;
        this.run = run;
    }

    /**
     * What was found.
     *
     * @param concurrency runs side by side: one a core, or fewer if those do more
     */
    record Result(CostModel cost, int concurrency) {}

    /**
     * @param longest sequence of the model, tokens
     */
    Result measure(int longest, int cores) {
        ModelInput medium = inputs.apply(MEDIUM);
        int concurrency = cores;
        while (concurrency > 1 && isHarmful(medium, concurrency)) {
            concurrency /= 2;
        }
        List<Sample> samples =
                List.of(
                        sample(2, MEDIUM, concurrency),
                        sample(2, SHORT, concurrency),
                        sample(1, longest, concurrency));
        return new Result(new CostModel(samples, System::nanoTime), concurrency);
    }

    /**
     * Whether half as many side by side do clearly more in a time. Every comparison has to say so:
     * beside other work a process may get no more for twice as many threads, but that work may end,
     * and then too few cost half of what the host can do. Too many cost next to nothing.
     */
    private boolean isHarmful(ModelInput input, int concurrency) {
        int fewer = concurrency / 2;
        for (int rounds : ROUNDS) {
            double all = (double) concurrency / sideBySide(input, concurrency, rounds);
            double half = (double) fewer / sideBySide(input, fewer, rounds);
            if (half < BETTER * all) {
                return false;
            }
        }
        return true;
    }

    private Sample sample(int rounds, int length, int concurrency) {
        ModelInput input = inputs.apply(length);
        return new Sample(1, input.length(), best(rounds, input, concurrency));
    }

    /** The shortest of some times that runs side by side took, nanoseconds. */
    private long best(int rounds, ModelInput input, int concurrency) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < rounds; i++) {
            best = Math.min(best, sideBySide(input, concurrency, 1));
        }
        return best;
    }

    /** Nanoseconds until each of them has made so many runs. */
    private long sideBySide(ModelInput input, int concurrency, int rounds) {
        Runnable runs =
                () -> {
                    for (int i = 0; i < rounds; i++) {
                        run.accept(input);
                    }
                };
        List<CompletableFuture<Void>> others = new ArrayList<>();
        long started = System.nanoTime();
        for (int i = 1; i < concurrency; i++) {
            others.add(CompletableFuture.runAsync(runs, Calibration::start));
        }
        runs.run();
        others.forEach(CompletableFuture::join);
        return System.nanoTime() - started;
    }

    private static void start(Runnable task) {
        Thread.ofPlatform().daemon().name("calibration").start(task);
    }
}
