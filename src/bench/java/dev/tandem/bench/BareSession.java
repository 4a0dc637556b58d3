package dev.tandem.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;

import dev.tandem.onnx.CpuFeatures;
import java.nio.file.Path;

/** ONNX Runtime with nothing around it. Thread-safe. */
final class BareSession implements AutoCloseable {

    private final OrtSession session;

    private BareSession(OrtSession session) {
        this.session = session;
    }

    static BareSession open(Path graph, SessionOptions options) throws OrtException {
        try (options) {
            return new BareSession(
                    OrtEnvironment.getEnvironment().createSession(graph.toString(), options));
        }
    }

    /** ONNX Runtime's own, all cores on one run, but for int8 as exact as Tandem's. */
    static SessionOptions defaults() throws OrtException {
        var options = new SessionOptions();
        if (CpuFeatures.ofThisHost().saturates()) {
            options.addConfigEntry("session.x64quantprecision", "1");
        }
        return options;
    }

    /** Logits of the pairs of a batch. */
    float[] run(PairBatch batch) throws OrtException {
        try (var result = session.run(batch.feeds())) {
            var buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] logits = new float[buffer.remaining()];
            buffer.get(logits);
            return logits;
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
