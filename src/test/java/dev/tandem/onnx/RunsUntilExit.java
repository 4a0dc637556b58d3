package dev.tandem.onnx;

import ai.onnxruntime.OrtException;
import dev.tandem.fixtures.RealModels;
import java.util.List;

/** A process that many threads compute in when it ends. */
final class RunsUntilExit {

    static final int STATUS = 7;
    private static final int THREADS = 16;
    private static final int TOKENS = 200;
    private static final int RUNNING_MILLIS = 300;

    private RunsUntilExit() {}

    public static void main(String[] args) throws InterruptedException {
        OnnxCalls.stopAtExit();
        var model = OnnxModel.open(RealModels.folder(RealModels.CROSS_ENCODER));
        for (int i = 0; i < THREADS; i++) {
            Thread.ofPlatform().daemon().start(() -> run(model));
        }
        Thread.sleep(RUNNING_MILLIS);
        System.exit(STATUS);
    }

    private static void run(OnnxModel model) {
        var input = new ModelInput(new long[TOKENS], new long[TOKENS]);
        try {
            while (true) {
                model.run(List.of(input), "logits", new StopSignal());
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
