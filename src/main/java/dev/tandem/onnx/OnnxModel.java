package dev.tandem.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import dev.tandem.model.ModelException;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A text model in ONNX Runtime, on the CPU with one thread a run. Runs from several threads go side
 * by side. One sequence a run makes an int8 result independent of what else is asked, since dynamic
 * quantisation takes its scale over the whole batch.
 */
public final class OnnxModel implements AutoCloseable {

    private static final String INPUT_IDS = "input_ids";
    private static final String ATTENTION_MASK = "attention_mask";
    private static final String TOKEN_TYPE_IDS = "token_type_ids";
    private static final Set<String> KNOWN_INPUTS =
            Set.of(INPUT_IDS, ATTENTION_MASK, TOKEN_TYPE_IDS);

    private final Path file;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final boolean takesTokenTypes;
    private final Map<String, TensorInfo> inputs;
    private final Map<String, TensorInfo> outputs;

    private OnnxModel(Path file, OrtEnvironment environment, OrtSession session)
            throws OrtException {
        this.file = file;
        this.environment = environment;
        this.session = session;
        inputs = tensors(session.getInputInfo());
        takesTokenTypes = checkInputs();
        outputs = tensors(session.getOutputInfo());
    }

    /** The same on the CPU. */
    public static OnnxModel open(ModelFolder folder) {
        return open(folder, Device.CPU);
    }

    /**
     * @throws ModelException if the graph cannot be loaded on that device or wants other inputs
     */
    public static OnnxModel open(ModelFolder folder, Device device) {
        return folder.times().timed("graph", () -> load(folder, device));
    }

    private static OnnxModel load(ModelFolder folder, Device device) {
        CpuFeatures cpu = CpuFeatures.ofThisHost();
        Optional<Path> prepared =
                device == Device.CPU ? folder.preparedGraph(cpu) : Optional.empty();
        boolean exact = cpu.saturates();
        Path file = prepared.orElseGet(folder::graph);
        try (var options = prepared.isPresent() ? optionsOfPrepared(exact) : options(exact)) {
            if (device == Device.CUDA) {
                options.addCUDA();
            }
            return load(file, options);
        } catch (OrtException e) {
            throw cannotLoad(file, device, e);
        }
    }

    /** Loads a graph. The options stay the caller's to close. */
    static OnnxModel load(Path file, SessionOptions options) throws OrtException {
        var environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        try (var call = new RunOptions()) {
            OnnxCalls.begin(call);
            try {
                var session = environment.createSession(file.toString(), options);
                return new OnnxModel(file, environment, session);
            } finally {
                OnnxCalls.end(call);
            }
        }
    }

    private static ModelException cannotLoad(Path file, Device device, OrtException e) {
        String message =
                device == Device.CUDA
                        ? "%s cannot be loaded on cuda: %s."
                        : "%s cannot be loaded as an ONNX graph: %s. It may be cut short: compare its size and SHA-256 with its source and copy it again.";
        return new ModelException(message.formatted(file, e.getMessage()), e);
    }

    /** Version of ONNX Runtime: two of them may round differently. */
    public static String runtimeVersion() {
        return OrtEnvironment.getEnvironment().getVersion();
    }

    /**
     * @param exact for a CPU whose fast sums of 8-bit products saturate: takes kernels that do not.
     *     They are slower, also where there is no need of them.
     */
    static SessionOptions options(boolean exact) throws OrtException {
        var options = new SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        // With the arena a session is slow or fast as luck has it, by up to a tenth (ADR 5).
        options.setCPUArenaAllocator(false);
        options.setMemoryPatternOptimization(false);
        if (exact) {
            options.addConfigEntry("session.x64quantprecision", "1");
        }
        return options;
    }

    /** The same for a graph that is optimised already. */
    static SessionOptions optionsOfPrepared(boolean exact) throws OrtException {
        SessionOptions options = options(exact);
        options.setOptimizationLevel(OptLevel.NO_OPT);
        return options;
    }

    /** Names of all outputs. */
    Set<String> outputNames() {
        return outputs.keySet();
    }

    /** Names of the float outputs that have this many dimensions. */
    public List<String> floatOutputs(int dimensions) {
        return outputs.entrySet().stream()
                .filter(output -> output.getValue().type == OnnxJavaType.FLOAT)
                .filter(output -> output.getValue().getShape().length == dimensions)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Last dimension of a float output; -1 if it depends on the input. */
    public long outputWidth(String name) {
        long[] shape = Objects.requireNonNull(outputs.get(name), name).getShape();
        return shape[shape.length - 1];
    }

    /** Name, type and shape of every input, for messages. */
    public String describeInputs() {
        return describe(inputs);
    }

    /** Name, type and shape of every output, for messages. */
    public String describeOutputs() {
        return describe(outputs);
    }

    /** The graph's file, for messages. */
    public Path file() {
        return file;
    }

    /**
     * Runs one sequence.
     *
     * @return the output's values in row-major order, float[product of its shape]
     * @throws OrtException if the run fails
     */
    public float[] run(ModelInput input, String output) throws OrtException {
        return run(List.of(input), output, new StopSignal());
    }

    /**
     * Runs sequences together, the shorter ones padded to the longest.
     *
     * @return the output's values in row-major order, float[product of its shape]
     * @throws RunStoppedException if the signal was given before the end
     * @throws OrtException if the run fails
     */
    public float[] run(List<ModelInput> batch, String output, StopSignal stop) throws OrtException {
        Map<String, OnnxTensor> feeds = new HashMap<>();
        try {
            feed(batch, feeds);
            return run(feeds, output, stop);
        } finally {
            feeds.values().forEach(OnnxTensor::close);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new ModelException("Cannot close " + file + ": " + e.getMessage(), e);
        }
    }

    private float[] run(Map<String, OnnxTensor> feeds, String output, StopSignal stop)
            throws OrtException {
        try (var options = new RunOptions()) {
            stop.begin(options);
            OnnxCalls.begin(options);
            try (var result = session.run(feeds, Set.of(output), options)) {
                return values((OnnxTensor) result.get(0));
            } catch (OrtException e) {
                if (stop.stopped()) {
                    throw new RunStoppedException();
                }
                throw e;
            } finally {
                stop.end(options);
                OnnxCalls.end(options);
            }
        }
    }

    private void feed(List<ModelInput> batch, Map<String, OnnxTensor> feeds) throws OrtException {
        int length = batch.stream().mapToInt(ModelInput::length).max().orElseThrow();
        long[] shape = {batch.size(), length};
        long[] ids = new long[batch.size() * length];
        long[] types = new long[ids.length];
        long[] mask = new long[ids.length];
        for (int i = 0; i < batch.size(); i++) {
            ModelInput input = batch.get(i);
            int at = i * length;
            System.arraycopy(input.inputIds(), 0, ids, at, input.length());
            System.arraycopy(input.tokenTypeIds(), 0, types, at, input.length());
            Arrays.fill(mask, at, at + input.length(), 1);
        }
        feeds.put(INPUT_IDS, tensor(ids, shape));
        feeds.put(ATTENTION_MASK, tensor(mask, shape));
        if (takesTokenTypes) {
            feeds.put(TOKEN_TYPE_IDS, tensor(types, shape));
        }
    }

    private OnnxTensor tensor(long[] values, long[] shape) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
    }

    private static float[] values(OnnxTensor tensor) {
        var buffer = tensor.getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private boolean checkInputs() {
        boolean named =
                inputs.containsKey(INPUT_IDS)
                        && inputs.containsKey(ATTENTION_MASK)
                        && KNOWN_INPUTS.containsAll(inputs.keySet());
        boolean typed =
                inputs.values().stream()
                        .allMatch(i -> i.type == OnnxJavaType.INT64 && i.getShape().length == 2);
        if (!named || !typed) {
            throw new ModelException(
                    "%s has the inputs %s; wanted are %s and %s, and %s if the model knows segments, each INT64 [batch, sequence]. Export the model with the standard BERT inputs."
                            .formatted(
                                    file,
                                    describe(inputs),
                                    INPUT_IDS,
                                    ATTENTION_MASK,
                                    TOKEN_TYPE_IDS));
        }
        return inputs.containsKey(TOKEN_TYPE_IDS);
    }

    private static Map<String, TensorInfo> tensors(Map<String, NodeInfo> nodes) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        nodes.forEach(
                (name, node) -> {
                    if (node.getInfo() instanceof TensorInfo tensor) {
                        tensors.put(name, tensor);
                    }
                });
        return tensors;
    }

    private static String describe(Map<String, TensorInfo> tensors) {
        return tensors.entrySet().stream()
                .map(
                        t ->
                                t.getKey()
                                        + " "
                                        + t.getValue().type
                                        + Arrays.toString(t.getValue().getShape()))
                .collect(Collectors.joining(", "));
    }
}
