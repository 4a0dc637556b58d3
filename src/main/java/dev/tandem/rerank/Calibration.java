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
 * beside it, and how many side by side are of use on this host.
 */
final class Calibration {

    /** The middle of what passages have. */
    private static final int MEDIUM = 96;

    private static final int SHORT = 16;

    /** What twice as many runs side by side must gain; one hyper-thread more gives 1.2 or more. */
    private static final double WORTHWHILE = 1.1;

    private static final int REPEATS = 5;

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
     * @param concurrency runs side by side beyond which nothing is gained
     */
    record Result(CostModel cost, int concurrency) {}

    /**
     * @param longest sequence of the model, tokens
     */
    Result measure(int longest, int cores) {
        ModelInput medium = inputs.apply(MEDIUM);
        int concurrency = cores;
        while (concurrency > 1 && !isWorthwhile(medium, concurrency)) {
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
     * Whether so many side by side do more in a time than half of them. One repeat in which they do
     * is enough: what is measured beside other work is less than the host can do, never more.
     */
    private boolean isWorthwhile(ModelInput input, int concurrency) {
        int fewer = concurrency / 2;
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            double all = (double) concurrency / sideBySide(input, concurrency);
            double half = (double) fewer / sideBySide(input, fewer);
            if (all >= WORTHWHILE * half) {
                return true;
            }
        }
        return false;
    }

    private Sample sample(int rounds, int length, int concurrency) {
        ModelInput input = inputs.apply(length);
        return new Sample(1, input.length(), best(rounds, input, concurrency));
    }

    /** The shortest of some times that runs side by side took, nanoseconds. */
    private long best(int rounds, ModelInput input, int concurrency) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < rounds; i++) {
            best = Math.min(best, sideBySide(input, concurrency));
        }
        return best;
    }

    private long sideBySide(ModelInput input, int concurrency) {
        List<CompletableFuture<Void>> others = new ArrayList<>();
        long started = System.nanoTime();
        for (int i = 1; i < concurrency; i++) {
            others.add(CompletableFuture.runAsync(() -> run.accept(input), Calibration::start));
        }
        run.accept(input);
        others.forEach(CompletableFuture::join);
        return System.nanoTime() - started;
    }

    private static void start(Runnable task) {
        Thread.ofPlatform().daemon().name("calibration").start(task);
    }
}
