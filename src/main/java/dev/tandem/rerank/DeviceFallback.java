package dev.tandem.rerank;

import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.StopSignal;
import dev.tandem.onnx.TextTokenizer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * A cross-encoder on a device that may fail, and the same one on the CPU. The first failure puts
 * the device aside: what was lost is repeated on the CPU, and so is everything else until a run of
 * its own, after a pause and away from the calls, has shown that the device works again.
 */
final class DeviceFallback implements CrossEncoder {

    private static final Logger LOG = Logger.getLogger(DeviceFallback.class);

    private static final Duration PAUSE = Duration.ofSeconds(30);

    private static final int[] PROBE = new int[16];

    private final CrossEncoder first;
    private final CrossEncoder standIn;
    private final LongSupplier clock;
    private final Executor probes;
    private final AtomicBoolean probing = new AtomicBoolean();
    private volatile boolean aside;
    private volatile long since;

    /**
     * @param clock nanoseconds from an arbitrary origin
     * @param probes runs what looks whether the device works again
     */
    DeviceFallback(CrossEncoder first, CrossEncoder standIn, LongSupplier clock, Executor probes) {
        this.first = first;
        this.standIn = standIn;
        this.clock = clock;
        this.probes = probes;
    }

    /** With a thread for each look. */
    static DeviceFallback of(CrossEncoder first, CrossEncoder standIn) {
        return new DeviceFallback(
                first,
                standIn,
                System::nanoTime,
                probe -> Thread.ofPlatform().daemon().name("device-probe").start(probe));
    }

    @Override
    public CrossEncoder serving() {
        if (!aside) {
            return first;
        }
        boolean due = clock.getAsLong() - since >= PAUSE.toNanos();
        if (due && probing.compareAndSet(false, true)) {
            probes.execute(this::probe);
        }
        return standIn;
    }

    @Override
    public CrossEncoder afterFailure(CrossEncoder failed, CrossEncoderException cause) {
        if (failed == first) {
            putAside(cause);
        }
        return standIn;
    }

    @Override
    public float[] logits(List<ModelInput> pairs, StopSignal stop) {
        return serving().logits(pairs, stop);
    }

    @Override
    public int largestBatch() {
        return serving().largestBatch();
    }

    /** The same for both. */
    @Override
    public TextTokenizer tokenizer() {
        return standIn.tokenizer();
    }

    @Override
    public CostModel cost() {
        return serving().cost();
    }

    /** What either can use. */
    @Override
    public int concurrency() {
        return Math.max(first.concurrency(), standIn.concurrency());
    }

    @Override
    public String device() {
        return serving().device();
    }

    @Override
    public String scores() {
        return serving().scores();
    }

    private synchronized void putAside(CrossEncoderException cause) {
        since = clock.getAsLong();
        if (!aside) {
            aside = true;
            LOG.errorf(
                    cause,
                    "A run on %s failed, %s serves: %s",
                    first.device(),
                    standIn.device(),
                    cause.getMessage());
        }
    }

    private void probe() {
        try {
            first.logits(List.of(tokenizer().pair(new long[1], PROBE)), new StopSignal());
            aside = false;
            LOG.infof("%s works again and serves", first.device());
        } catch (CrossEncoderException e) {
            since = clock.getAsLong();
            LOG.debugf(e, "%s does not work yet", first.device());
        } finally {
            probing.set(false);
        }
    }
}
