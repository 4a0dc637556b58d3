package dev.tandem.models;

import dev.tandem.candidates.BiEncoder;
import dev.tandem.model.ModelException;
import dev.tandem.onnx.CardFile;
import dev.tandem.onnx.CpuFeatures;
import dev.tandem.onnx.GraphFiles;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelCard.Blend;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelKind;
import dev.tandem.onnx.OnnxModel;
import dev.tandem.rerank.OnnxCrossEncoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Loads a model as serving does, and says what it is and what it can do on this host. */
final class ModelReport {

    /** What a card is derived from. */
    private static final List<String> SOURCES =
            List.of(
                    "config.json",
                    "tokenizer_config.json",
                    "sentence_bert_config.json",
                    "config_sentence_transformers.json",
                    "1_Pooling/config.json");

    private final PrintWriter out;
    private final String biEncoder;
    private final boolean speed;

    /**
     * @param biEncoder the one in use, for which a cross-encoder's blend is wanted
     * @param speed whether it is measured
     */
    ModelReport(PrintWriter out, String biEncoder, boolean speed) {
        this.out = out;
        this.biEncoder = biEncoder;
        this.speed = speed;
    }

    /**
     * @throws ModelException at the first thing that is wrong
     */
    void run(ModelFolder folder) {
        folder.verify();
        boolean quantised = isQuantised(folder.servedGraph());
        printFiles(folder, quantised);
        ModelKind kind = printGraph(folder);
        switch (kind) {
            case BI_ENCODER -> checkBiEncoder(folder);
            case CROSS_ENCODER -> checkCrossEncoder(folder);
        }
        if (!quantised) {
            line(
                    "hint",
                    "the graph is not quantised: ./tandem models quantize %s says how, for about twice the speed",
                    folder.path());
        }
        line("result", "the model can be used");
    }

    private void printFiles(ModelFolder folder, boolean quantised) {
        ModelCard card = folder.card();
        line("model", "%s, %s", card.name(), or(card.licence(), "no licence stated"));
        line("source", or(card.source(), "not stated"));
        line("folder", folder.path().toString());
        printCard(folder);
        line(
                "graph",
                "%s, %,d bytes, %s",
                folder.path().relativize(folder.servedGraph()),
                folder.servedGraph().toFile().length(),
                quantised ? "quantised" : "float");
        List<String> names = ModelFolder.names(folder.path(), card);
        long stated = names.stream().filter(card.sha256()::containsKey).count();
        line(
                "checksums",
                stated == names.size()
                        ? "%d files are those that model.json describes"
                        : "%2$d of %1$d files have one in model.json",
                names.size(),
                stated);
    }

    private void printCard(ModelFolder folder) {
        ModelCard card = folder.card();
        String facts = facts(card);
        if (CardFile.isIn(folder.path())) {
            line("card", "%s: %s", CardFile.NAME, facts);
            return;
        }
        List<String> found =
                SOURCES.stream()
                        .filter(name -> Files.isRegularFile(folder.path().resolve(name)))
                        .toList();
        line("card", "none");
        line(
                "assumed",
                "%s; from %s",
                facts,
                found.isEmpty()
                        ? "nothing: these are the usual values"
                        : String.join(", ", found) + ", the usual values where they are silent");
    }

    private static String facts(ModelCard card) {
        var facts = new StringBuilder().append(card.maxSequenceLength()).append(" tokens");
        if (card.pooling() != null) {
            facts.append(", ").append(lower(card.pooling())).append(" pooling");
        }
        if (card.activation() != null) {
            facts.append(", ").append(lower(card.activation())).append(" of the logit");
        }
        if (!card.queryPrefix().isEmpty()) {
            facts.append(", queries begin with \"").append(card.queryPrefix()).append('"');
        }
        if (!card.passagePrefix().isEmpty()) {
            facts.append(", passages begin with \"").append(card.passagePrefix()).append('"');
        }
        return facts.toString();
    }

    /** The graph's own word goes before the files', but not before that of a card. */
    private ModelKind printGraph(ModelFolder folder) {
        try (OnnxModel model = OnnxModel.open(folder)) {
            line("inputs", model.describeInputs());
            line("outputs", model.describeOutputs());
            ModelKind kind = ModelKind.stated(folder.card()).orElseGet(() -> ModelKind.of(model));
            line("kind", kind.toString());
            return kind;
        }
    }

    private void checkBiEncoder(ModelFolder folder) {
        try (BiEncoder encoder = BiEncoder.open(folder)) {
            line("dimension", "%d", encoder.dimension());
            float[] query = encoder.encodeQuery(SanityPair.QUERY);
            line(
                    "cosines",
                    SanityPair.compare(
                            folder.servedGraph(),
                            SanityPair.cosine(query, encoder.encodePassage(SanityPair.ANSWER)),
                            SanityPair.cosine(query, encoder.encodePassage(SanityPair.OTHER))));
            if (speed) {
                new SpeedReport(out).print(encoder, folder.card().maxSequenceLength());
            }
        }
    }

    private void checkCrossEncoder(ModelFolder folder) {
        try (OnnxCrossEncoder encoder = OnnxCrossEncoder.open(folder)) {
            printCanary(encoder);
            var tokenizer = encoder.tokenizer();
            long[] query = tokenizer.ids(SanityPair.QUERY);
            int[] answer = tokenizer.storableIds(SanityPair.ANSWER);
            int[] other = tokenizer.storableIds(SanityPair.OTHER);
            line(
                    "logits",
                    SanityPair.compare(
                            folder.servedGraph(),
                            encoder.logit(tokenizer.pair(query, answer)),
                            encoder.logit(tokenizer.pair(query, other))));
            printBlend(folder.card());
            if (speed) {
                new SpeedReport(out).print(encoder);
            }
        }
    }

    private void printCanary(OnnxCrossEncoder encoder) {
        var canary = encoder.card().canary();
        line(
                "canary",
                canary.isEmpty() ? "no pairs in the card" : "%d pairs, off by at most %.3f, on %s",
                canary.size(),
                encoder.numerics().canaryError(),
                CpuFeatures.ofThisHost());
    }

    private void printBlend(ModelCard card) {
        Blend blend = card.blend();
        if (blend != null && blend.biEncoder().equals(biEncoder)) {
            line("blend", CardFile.text(blend));
        } else {
            line(
                    "blend",
                    "none for %s: the cross-encoder decides alone. With judged queries, ./tandem evaluate --tune-blend fits one",
                    biEncoder);
        }
    }

    private void line(String label, String text, Object... values) {
        out.printf("%-11s", label);
        out.printf(values.length == 0 ? text.replace("%", "%%") : text, values);
        out.println();
        out.flush();
    }

    private static boolean isQuantised(Path graph) {
        try {
            return GraphFiles.isQuantised(graph);
        } catch (IOException e) {
            throw new ModelException("Cannot read " + graph + ": " + e, e);
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String or(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }
}
