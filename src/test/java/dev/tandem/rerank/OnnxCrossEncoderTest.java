package dev.tandem.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.fixtures.RealModels;
import dev.tandem.fixtures.SmallModel;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.CpuFeatures;
import dev.tandem.onnx.ModelInput;
import dev.tandem.onnx.RunStoppedException;
import dev.tandem.onnx.StopSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxCrossEncoderTest {
    /** [CLS] how [SEP] berlin [SEP]: a tenth of the ids' sum 2 + 4 + 3 + 9 + 3. */
    private static final String CANARY =
            "\"canary\": [{\"query\": \"how\", \"passage\": \"berlin\", \"logit\": 2.1,"
                    + " \"tolerance\": 0.01}]";

    private static final float STOPPED = 1_000;

    @TempDir private Path models;
    private final OnnxCrossEncoder crossEncoder = RealModels.crossEncoder();

    @Test
    void logit_passageThatAnswers_isHigherThanOfOneThatDoesNot() {
        String query = "How many people live in Berlin?";

        assertThat(logit(query, "Berlin has 3.5 million inhabitants."))
                .isGreaterThan(logit(query, "Tea is made with hot water.") + 3);
    }

    @Test
    void logit_samePairbesideOthers_hasTheSameBits()
            throws InterruptedException, ExecutionException {
        List<ModelInput> pairs =
                IntStream.range(0, 12)
                        .mapToObj(i -> pair("what is rain", "rain falls on the town ".repeat(i)))
                        .toList();
        List<Float> alone = pairs.stream().map(crossEncoder::logit).toList();

        assertThat(sideBySide(pairs, 3)).containsExactlyElementsOf(thrice(alone));
    }

    @Test
    void logit_passageLongerThanTheModel_isScored() {
        assertThat(logit("how hot is tea", "Tea is hot. ".repeat(2_000))).isFinite();
    }

    @Test
    void open_smallModel_scoresByHand() {
        try (var small = OnnxCrossEncoder.open(small("cross_encoder").card(CANARY).open())) {
            var tokenizer = small.tokenizer();
            var pair = tokenizer.pair(tokenizer.ids("how many"), new int[] {15});

            assertThat(small.logit(pair)).isCloseTo(0.1f * (2 + 4 + 5 + 3 + 15 + 3), within(1e-5f));
            assertThat(small.device()).isEqualTo("cpu");
        }
    }

    @Test
    void open_biEncoder_isRefused() {
        var folder = RealModels.folder(RealModels.BI_ENCODER);

        assertThatThrownBy(() -> OnnxCrossEncoder.open(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(folder.graph().toString())
                .hasMessageContaining("384]")
                .hasMessageContaining("bi-encoder");
    }

    @Test
    void open_classifierOfThreeLabels_isRefused() {
        SmallModel model = small("three_labels").card("");

        assertThatThrownBy(() -> OnnxCrossEncoder.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("model.onnx").toString())
                .hasMessageContaining("output FLOAT[-1, 3]")
                .hasMessageContaining("[batch, 1]");
    }

    @Test
    void open_noFloatOutput_isRefused() {
        SmallModel model = small("int64_output").card("");

        assertThatThrownBy(() -> OnnxCrossEncoder.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("output INT64[-1, 1]")
                .hasMessageContaining("FLOAT output");
    }

    @Test
    void open_tokenizerWithMoreTokensThanRows_isRefused() {
        SmallModel model =
                small("cross_encoder").tokenizer("tokenizer_with_more_tokens.json").card("");

        assertThatThrownBy(() -> OnnxCrossEncoder.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("model.onnx").toString())
                .hasMessageContaining("largest id 17")
                .hasMessageContaining("same model");
    }

    @Test
    void open_fewerRowsThanTokens_isRefused() {
        SmallModel model = small("few_rows_cross_encoder").card("");

        assertThatThrownBy(() -> OnnxCrossEncoder.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("largest id 15");
    }

    @Test
    void open_otherTokenizerOfTheSameSize_isCaughtByTheCanary() {
        SmallModel model =
                small("cross_encoder").tokenizer("tokenizer_of_another_model.json").card(CANARY);

        assertThatThrownBy(() -> OnnxCrossEncoder.open(model.open()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(model.path("model.onnx").toString())
                .hasMessageContaining("canary pair (\"how\", \"berlin\", tokens [10]) 3.300")
                .hasMessageContaining("model.json says 2.100")
                .hasMessageContaining("Wrong tokenizer.json");
    }

    @Test
    void numerics_loadedTwice_areTheSameScores() {
        SmallModel model = small("cross_encoder").card(CANARY);
        try (var one = OnnxCrossEncoder.open(model.open());
                var again = OnnxCrossEncoder.open(model.open())) {
            assertThat(one.numerics()).isEqualTo(again.numerics());
            assertThat(one.numerics().canaryError()).isBetween(0f, 0.01f);
            assertThat(one.numerics().cpu()).isEqualTo(CpuFeatures.ofThisHost().toString());
            assertThat(one.numerics().fingerprint())
                    .matches("[0-9a-f]{64}")
                    .isNotEqualTo(crossEncoder.numerics().fingerprint());
        }
    }

    @Test
    void numerics_cardThatChangesTheInput_areOtherScores() {
        SmallModel model = small("cross_encoder").card(CANARY);
        String first;
        try (var one = OnnxCrossEncoder.open(model.open())) {
            first = one.numerics().fingerprint();
        }
        var changed = model.card(CANARY + ", \"queryPrefix\": \"x\"").open();
        try (var other = OnnxCrossEncoder.open(changed)) {
            assertThat(other.numerics().fingerprint()).isNotEqualTo(first);
        }
    }

    @Test
    void logits_stoppedBefore_doNotRun() {
        var stop = new StopSignal();
        stop.stop();

        assertThatThrownBy(() -> crossEncoder.logits(List.of(pair("a", "b")), stop))
                .isInstanceOf(RunStoppedException.class);
    }

    /** Stopped at random moments of runs that go on side by side. */
    @Test
    void logits_stoppedMidway_leaveTheSessionAsItWas() throws InterruptedException {
        ModelInput pair = pair("how hot is tea", "Tea is hot. ".repeat(100));
        float before = crossEncoder.logit(pair);
        var ends = new ConcurrentLinkedQueue<Float>();
        var random = new Random(11);
        for (int i = 0; i < 100; i++) {
            var stop = new StopSignal();
            List<Thread> runs = new ArrayList<>();
            for (int run = 0; run < 2; run++) {
                runs.add(Thread.ofPlatform().start(() -> run(pair, stop, ends)));
            }
            Thread.sleep(Duration.ofNanos(random.nextInt(20_000_000)));
            stop.stop();
            for (Thread run : runs) {
                run.join();
            }
        }

        assertThat(ends).hasSize(200).contains(STOPPED).isSubsetOf(STOPPED, before);
        assertThat(crossEncoder.logit(pair)).isEqualTo(before);
    }

    private void run(ModelInput pair, StopSignal stop, Queue<Float> ends) {
        try {
            ends.add(crossEncoder.logits(List.of(pair), stop)[0]);
        } catch (RunStoppedException e) {
            ends.add(STOPPED);
        }
    }

    private SmallModel small(String graph) {
        return SmallModel.in(models, graph);
    }

    private float logit(String query, String passage) {
        return crossEncoder.logit(pair(query, passage));
    }

    private ModelInput pair(String query, String passage) {
        var tokenizer = crossEncoder.tokenizer();
        return tokenizer.pair(tokenizer.ids(query), tokenizer.storableIds(passage));
    }

    private List<Float> sideBySide(List<ModelInput> pairs, int rounds)
            throws InterruptedException, ExecutionException {
        List<Callable<Float>> calls = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            pairs.forEach(pair -> calls.add(() -> crossEncoder.logit(pair)));
        }
        List<Float> logits = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (Future<Float> logit : threads.invokeAll(calls)) {
                logits.add(logit.get());
            }
        }
        return logits;
    }

    private static List<Float> thrice(List<Float> logits) {
        List<Float> repeated = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            repeated.addAll(logits);
        }
        return repeated;
    }
}
