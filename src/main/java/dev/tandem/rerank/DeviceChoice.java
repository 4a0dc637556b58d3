package dev.tandem.rerank;

import java.util.Locale;

/** What the cross-encoder is to run on. */
public enum DeviceChoice {
    CPU,
    CUDA,
    /** CUDA if it works, else the CPU. */
    AUTO;

    /** As it is written in the configuration. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
