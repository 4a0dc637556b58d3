package dev.tandem.onnx;

import java.util.Locale;

/** What a model runs on. */
public enum Device {
    CPU,
    /** The first NVIDIA GPU, through ONNX Runtime's CUDA execution provider. */
    CUDA;

    /** {@code cpu} or {@code cuda}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
