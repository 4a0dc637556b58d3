package dev.tandem.rerank;

import ai.onnxruntime.OrtException;
import dev.tandem.model.ModelException;
import dev.tandem.model.Numerics;
import dev.tandem.onnx.CpuFeatures;
import dev.tandem.onnx.Device;
import dev.tandem.onnx.LoadTimes;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelCard.Canary;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.OnnxModel;
import dev.tandem.onnx.Sha256;
import dev.tandem.onnx.StopSignal;
import dev.tandem.onnx.TextTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A cross-encoder in ONNX Runtime. */
public final class OnnxCrossEncoder implements CrossEncoder, AutoCloseable {

    /** Lengths of passages whose logits tell hosts apart, tokens. */
    private static final int[] PROBES = {20, 50, 100};

    private static final int PROBE_QUERY = 8;

    private static final long PROBE_STEP = 7_919;

    private final ModelCard card;
    private final Device device;
    private final TextTokenizer tokenizer;
    private final boolean ownsTokenizer;
    private final OnnxModel model;
    private final String output;
    private final int largestBatch;
    private final Numerics numerics;
    private final Calibration.Result calibration;
    private final ModelFolder folder;

    private OnnxCrossEncoder(
            ModelFolder folder,
            Device device,
            OnnxModel model,
            TextTokenizer tokenizer,
            boolean ownsTokenizer,
            Runnable quiet) {
        card = folder.card();
        this.folder = folder;
        LoadTimes times = folder.times();
        this.device = device;
        this.tokenizer = tokenizer;
        this.ownsTokenizer = ownsTokenizer;
        this.model = model;
        output = logitOutput(model);
        times.run("first run", this::warmUp);
        largestBatch = device == Device.CPU ? 1 : BatchCheck.largestBatch(this, probes());
        numerics = times.timed("canaries", () -> measured(folder.fingerprint()));
        times.run("waiting", quiet);
        calibration = times.timed("calibration", this::calibrate);
    }

    private Calibration.Result calibrate() {
        int cores = Runtime.getRuntime().availableProcessors();
        try (var calibration =
                new Calibration(this::someInput, batch -> logits(batch, new StopSignal()), cores)) {
            return calibration.measure(card.maxSequenceLength(), largestBatch);
        }
    }

    /** The same on a host's CPU that does nothing else meanwhile. */
    public static OnnxCrossEncoder open(ModelFolder folder) {
        return open(folder, Device.CPU, () -> {});
    }

    /**
     * Loads the model, compares its card's canary pairs, and measures how long runs take.
     *
     * @param quiet called before that: returns when nothing else is loaded beside it
     * @throws ModelException if the folder does not hold a cross-encoder that runs on that device
     */
    public static OnnxCrossEncoder open(ModelFolder folder, Device device, Runnable quiet) {
        OnnxModel model = OnnxModel.open(folder, device);
        try {
            var tokenizer = TextTokenizer.open(folder);
            return new OnnxCrossEncoder(folder, device, model, tokenizer, true, quiet);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /**
     * With the tokenizer of another one, which closes it.
     *
     * @param model the folder's graph, on the CPU; stays open if this fails
     * @throws ModelException if it is no cross-encoder, or does not take the tokenizer's ids
     */
    static OnnxCrossEncoder sharing(TextTokenizer tokenizer, ModelFolder folder, OnnxModel model) {
        return new OnnxCrossEncoder(folder, Device.CPU, model, tokenizer, false, () -> {});
    }

    @Override
    public float[] logits(List<ModelInput> pairs, StopSignal stop) {
        try {
            return model.run(pairs, output, stop);
        } catch (OrtException e) {
            throw new CrossEncoderException(
                    "%s failed on %d pairs, the first one of %d tokens: %s"
                            .formatted(
                                    model.file(),
                                    pairs.size(),
                                    pairs.getFirst().length(),
                                    e.getMessage()),
                    e);
        }
    }

    /** The score of one pair, for as long as it takes. */
    public float logit(ModelInput pair) {
        return logits(List.of(pair), new StopSignal())[0];
    }

    @Override
    public int largestBatch() {
        return largestBatch;
    }

    @Override
    public CostModel cost() {
        return calibration.cost();
    }

    /** One a core, or fewer if those were measured to do more on this host. */
    @Override
    public int concurrency() {
        return calibration.concurrency();
    }

    @Override
    public String device() {
        return device.toString();
    }

    @Override
    public String scores() {
        return numerics.fingerprint();
    }

    /** How this host computes its scores. */
    public Numerics numerics() {
        return numerics;
    }

    public ModelCard card() {
        return card;
    }

    @Override
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    /** What loading took. */
    public LoadTimes loadTimes() {
        return folder.times();
    }

    /** See {@link ModelFolder#verify()}; what was left to be read of the tokenizer is read too. */
    public void verify() {
        folder.verify();
        tokenizer.readVocabulary();
    }

    @Override
    public void close() {
        model.close();
        if (ownsTokenizer) {
            tokenizer.close();
        }
    }

    private Numerics measured(String model) {
        float error =
                card.canary().stream().map(this::checked).max(Comparator.naturalOrder()).orElse(0f);
        List<String> identity = new ArrayList<>(List.of(model, OnnxModel.runtimeVersion()));
        if (device != Device.CPU) {
            identity.add(device + " " + largestBatch);
        }
        for (ModelInput probe : probes()) {
            identity.add(Integer.toHexString(Float.floatToRawIntBits(logit(probe))));
        }
        var cpu = CpuFeatures.ofThisHost();
        return new Numerics(
                cpu.toString(),
                cpu.saturates() ? "unsigned" : "native",
                error,
                Sha256.of(String.join("\n", identity)));
    }

    private static String logitOutput(OnnxModel model) {
        var columns = model.floatOutputs(2).stream().filter(name -> model.outputWidth(name) == 1);
        var rows = model.floatOutputs(1).stream();
        return Stream.concat(columns, rows)
                .findFirst()
                .orElseThrow(
                        () ->
                                new ModelException(
                                        "%s has the outputs %s; a cross-encoder needs a FLOAT output [batch, 1] or [batch], one logit a pair. Is it a bi-encoder, or a classifier of several labels?"
                                                .formatted(model.file(), model.describeOutputs())));
    }

    /** One run over the largest token id: a tokenizer of another model has ids without a row. */
    private void warmUp() {
        long[] query = tokenizer.ids("warm-up");
        try {
            logit(tokenizer.pair(query, new int[] {tokenizer.largestId()}));
        } catch (CrossEncoderException e) {
            throw new ModelException(
                    "%s does not take every token of its tokenizer.json (largest id %d) on %s: %s. The two must come from the same model."
                            .formatted(model.file(), tokenizer.largestId(), device, e.getMessage()),
                    e);
        }
    }

    private ModelInput someInput(int length) {
        long[] ids = new long[length];
        Arrays.fill(ids, tokenizer.ids("a")[0]);
        return tokenizer.single(ids);
    }

    private List<ModelInput> probes() {
        return Arrays.stream(PROBES).mapToObj(this::probe).toList();
    }

    /** A pair of tokens from all over the vocabulary, the same on every host. */
    private ModelInput probe(int length) {
        long[] query = new long[PROBE_QUERY];
        int[] passage = new int[length];
        for (int i = 0; i < length; i++) {
            int id = (int) (i * PROBE_STEP % (tokenizer.largestId() + 1));
            query[i % PROBE_QUERY] = id;
            passage[i] = id;
        }
        return tokenizer.pair(query, passage);
    }

    /**
     * @return the difference to what the card says
     */
    private float checked(Canary canary) {
        int[] passage = tokenizer.storableIds(canary.passage());
        float got = logit(tokenizer.pair(tokenizer.ids(canary.query()), passage));
        float error = Math.abs(got - canary.logit());
        // Written so that NaN fails.
        if (!(error <= canary.tolerance())) {
            throw new ModelException(
                    "%s scores its canary pair (\"%s\", \"%s\", tokens %s) %.3f; model.json says %.3f within %.3f. Wrong tokenizer.json, or another model file."
                            .formatted(
                                    model.file(),
                                    canary.query(),
                                    canary.passage(),
                                    Arrays.toString(passage),
                                    got,
                                    canary.logit(),
                                    canary.tolerance()));
        }
        return error;
    }
}
