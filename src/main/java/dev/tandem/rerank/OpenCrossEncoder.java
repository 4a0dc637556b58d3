package dev.tandem.rerank;

import dev.tandem.model.ModelException;
import dev.tandem.onnx.Device;
import dev.tandem.onnx.ModelFolder;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The cross-encoder on the device that is asked for, or on the CPU if that does not work and may be
 * replaced. Whether a device works is decided by a session, a run and the canary pairs on it; what
 * ONNX Runtime lists as available only says what it was compiled with.
 *
 * @param first on the device that serves when nothing fails
 * @param standIn the same on the CPU; null if there is no other device, or it may not be replaced.
 *     Open from the start, for a device fails when there is no time to load a model
 * @param scorer what answers are made with: {@code first}, or both
 */
public record OpenCrossEncoder(
        OnnxCrossEncoder first, @Nullable OnnxCrossEncoder standIn, CrossEncoder scorer)
        implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(OpenCrossEncoder.class);

    /** One on its own. */
    public static OpenCrossEncoder of(OnnxCrossEncoder alone) {
        return new OpenCrossEncoder(alone, null, alone);
    }

    /**
     * @param quiet called before times are measured: returns when nothing else is loaded beside
     * @throws ModelException if the folder does not hold a cross-encoder that runs, or the device
     *     does not work and may not be replaced
     */
    public static OpenCrossEncoder open(
            ModelFolder folder, DeviceChoice asked, boolean gpuFallback, Runnable quiet) {
        if (asked == DeviceChoice.CPU) {
            return of(OnnxCrossEncoder.open(folder, Device.CPU, quiet));
        }
        boolean replaceable = gpuFallback || asked == DeviceChoice.AUTO;
        OnnxCrossEncoder onGpu;
        try {
            onGpu = OnnxCrossEncoder.open(folder, Device.CUDA, quiet);
        } catch (ModelException e) {
            if (!replaceable) {
                throw refusal(e);
            }
            tell(asked, e);
            return of(OnnxCrossEncoder.open(folder, Device.CPU, quiet));
        }
        return replaceable ? both(onGpu, folder, quiet) : of(onGpu);
    }

    @Override
    public void close() {
        first.close();
        if (standIn != null) {
            standIn.close();
        }
    }

    private static OpenCrossEncoder both(
            OnnxCrossEncoder onGpu, ModelFolder folder, Runnable quiet) {
        try {
            var onCpu = OnnxCrossEncoder.open(folder, Device.CPU, quiet);
            return new OpenCrossEncoder(onGpu, onCpu, DeviceFallback.of(onGpu, onCpu));
        } catch (RuntimeException e) {
            onGpu.close();
            throw e;
        }
    }

    private static void tell(DeviceChoice asked, ModelException e) {
        if (asked == DeviceChoice.AUTO) {
            LOG.infof("The cross-encoder runs on the CPU: %s", e.getMessage());
        } else {
            LOG.warnf(
                    "tandem.rerank.device is cuda, and the CPU serves, for CUDA does not work: %s",
                    e.getMessage());
        }
    }

    private static ModelException refusal(ModelException e) {
        return new ModelException(
                "tandem.rerank.device: expected cuda, got a device that does not work: %s Build with -Pgpu and run where CUDA and cuDNN are installed, or set tandem.rerank.gpu-fallback=true, or tandem.rerank.device=cpu."
                        .formatted(e.getMessage()),
                e);
    }
}
