package dev.tandem.onnx;

/** A run was ended by its {@link StopSignal}, or had not begun when that was given. */
public final class RunStoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RunStoppedException() {
        super("the run was stopped");
    }
}
