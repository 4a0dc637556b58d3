package dev.tandem.onnx;

import dev.tandem.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A folder that holds one model: an ONNX graph, {@code tokenizer.json} and a card. The card's
 * checksums are compared at load, so that a truncated or exchanged file is refused by name.
 */
public final class ModelFolder {

    private static final String TOKENIZER = "tokenizer.json";

    private final Path folder;
    private final ModelCard card;
    private final String fingerprint;
    private final boolean trusted;
    private final LoadTimes times;

    private ModelFolder(
            Path folder, ModelCard card, String fingerprint, boolean trusted, LoadTimes times) {
        this.trusted = trusted;
        this.times = times;
        this.folder = folder;
        this.card = card;
        this.fingerprint = fingerprint;
    }

    /**
     * @param models the folder of model folders
     * @param name the model's folder in it
     * @throws ModelException if a file is missing, or is not the one that the card describes
     */
    public static ModelFolder open(Path models, String name) {
        return open(models, name, false);
    }

    /**
     * Believes the checksums that the card states, so that nothing is read before it is used; to be
     * followed by {@link #verify()} when there is time.
     *
     * @throws ModelException if a file is missing
     */
    public static ModelFolder trust(Path models, String name) {
        return open(models, name, true);
    }

    private static ModelFolder open(Path models, String name, boolean trusted) {
        Path folder = models.resolve(name);
        if (!Files.isDirectory(folder)) {
            throw new ModelException(
                    "No model folder %s; %s holds %s. Set tandem.models.dir to the folder that holds it, or name another model."
                            .formatted(folder, models.toAbsolutePath(), foldersIn(models)));
        }
        ModelCard card = CardFile.read(folder);
        var times = new LoadTimes();
        String fingerprint = times.timed("checksums", () -> fingerprint(folder, card, trusted));
        return new ModelFolder(folder, card, fingerprint, trusted, times);
    }

    private static String fingerprint(Path folder, ModelCard card, boolean trusted) {
        List<String> parts = new ArrayList<>();
        for (String name : sources(folder, card)) {
            parts.add(sha256(folder, name, card, trusted));
        }
        parts.add(card.behaviour());
        for (String name : prepared(card)) {
            sha256(folder, name, card, trusted); // is there, and is what the card says
        }
        return Sha256.of(String.join("\n", parts));
    }

    private static List<String> prepared(ModelCard card) {
        return card.prepared() == null ? List.of() : card.prepared().files();
    }

    /** Whether prepared graphs stand in for the one that they were made of. */
    private static boolean isWithoutOriginal(Path folder, ModelCard card) {
        return card.prepared() != null && Files.notExists(folder.resolve(card.model()));
    }

    /**
     * Files that a model is made of, as names in its folder: the graph and what it keeps outside
     * itself, graphs that were prepared, the tokenizer. They need not be there, except that
     * prepared graphs can stand for their original.
     *
     * @throws ModelException if the folder cannot be read
     */
    public static List<String> names(Path folder, ModelCard card) {
        List<String> names = new ArrayList<>(prepared(card));
        names.addAll(isWithoutOriginal(folder, card) ? List.of(TOKENIZER) : sources(folder, card));
        return names;
    }

    /** What the fingerprint is made of. */
    private static List<String> sources(Path folder, ModelCard card) {
        var data = new TreeSet<>(GraphFiles.dataOf(card.model(), card.sha256().keySet()));
        try {
            data.addAll(GraphFiles.dataIn(folder, card.model()));
        } catch (IOException e) {
            throw new ModelException("Cannot read " + folder + ": " + e, e);
        }
        List<String> names = new ArrayList<>(List.of(card.model()));
        names.addAll(data);
        names.add(TOKENIZER);
        return names;
    }

    /**
     * Reads the files and compares them with the card.
     *
     * @throws ModelException if one is not the one that the card describes
     */
    public void verify() {
        var _ = fingerprint(folder, card, false);
        verifyTokenizer();
    }

    /** What the card says of the tokenizer, if it is believed; null if it has to be read. */
    ModelCard.@Nullable Tokenizer statedTokenizer() {
        return trusted && card.sha256().containsKey(TOKENIZER) ? card.tokenizer() : null;
    }

    /**
     * Identifies how text becomes token ids, see {@link TextTokenizer#fingerprint()}.
     *
     * @throws ModelException if it has to be read, and cannot be
     */
    public String tokenizerFingerprint() {
        ModelCard.Tokenizer stated = statedTokenizer();
        return stated == null ? readTokenizer().fingerprint() : stated.fingerprint();
    }

    private ModelCard.Tokenizer readTokenizer() {
        try {
            var read = TokenizerFile.read(tokenizer());
            return new ModelCard.Tokenizer(read.fingerprint(), read.largestId());
        } catch (IOException e) {
            throw new ModelException("Cannot read " + tokenizer() + ": " + e, e);
        }
    }

    private void verifyTokenizer() {
        ModelCard.Tokenizer stated = card.tokenizer();
        if (stated == null) {
            return;
        }
        ModelCard.Tokenizer actual = readTokenizer();
        if (!actual.equals(stated)) {
            throw new ModelException(
                    "%s: tokenizer is %s, expected %s. Correct it, or leave it out."
                            .formatted(folder.resolve(CardFile.NAME), stated, actual));
        }
    }

    private static String sha256(Path folder, String name, ModelCard card, boolean trusted) {
        String stated = card.sha256().get(name);
        boolean believed =
                (trusted && Files.isRegularFile(folder.resolve(name)))
                        || (name.equals(card.model()) && isWithoutOriginal(folder, card));
        return believed && stated != null ? stated : checked(folder, name, card);
    }

    public ModelCard card() {
        return card;
    }

    public Path path() {
        return folder;
    }

    public Path graph() {
        return folder.resolve(card.model());
    }

    /**
     * The graph that is loaded on this host's CPU: a prepared one if there is one for it.
     *
     * @throws ModelException if there is none, and no original
     */
    public Path servedGraph() {
        return preparedGraph(CpuFeatures.ofThisHost()).orElseGet(this::graph);
    }

    /**
     * The prepared graph for this host, which has that CPU.
     *
     * @return empty if there is none, so that {@link #graph()} is to be loaded
     * @throws ModelException if there is none, and not that either
     */
    Optional<Path> preparedGraph(CpuFeatures cpu) {
        ModelCard.Prepared prepared = card.prepared();
        if (prepared == null) {
            return Optional.empty();
        }
        Optional<String> file = prepared.fileFor(cpu, OnnxModel.runtimeVersion());
        if (file.isEmpty() && isWithoutOriginal(folder, card)) {
            throw new ModelException(
                    "%s was prepared for ONNX Runtime %s on %s, without its original; this is ONNX Runtime %s on %s. Prepare the original again: ./tandem models prepare"
                            .formatted(
                                    folder,
                                    prepared.onnxRuntime(),
                                    prepared.architecture(),
                                    OnnxModel.runtimeVersion(),
                                    cpu));
        }
        return file.map(folder::resolve);
    }

    public Path tokenizer() {
        return folder.resolve(TOKENIZER);
    }

    /**
     * Identifies what the model computes: SHA-256 over the graph with its outside weights, the
     * tokenizer file and those parts of the card that change its numbers.
     */
    public String fingerprint() {
        return fingerprint;
    }

    /** What loading the model has taken until now. */
    public LoadTimes times() {
        return times;
    }

    /** The file's SHA-256, which is the card's if the card states one. */
    private static String checked(Path folder, String name, ModelCard card) {
        Path file = folder.resolve(name);
        String actual = sha256(file);
        String expected = card.sha256().getOrDefault(name, actual);
        if (!actual.equals(expected)) {
            throw new ModelException(
                    "%s (%d bytes) is not the file that model.json describes: its SHA-256 is %s, expected %s. Copy the file again, or correct model.json if you changed the model on purpose."
                            .formatted(file, file.toFile().length(), actual, expected));
        }
        return actual;
    }

    private static String sha256(Path file) {
        try {
            return Sha256.of(file);
        } catch (NoSuchFileException e) {
            throw new ModelException(
                    "%s is missing. A model folder holds an ONNX graph and %s."
                            .formatted(file, TOKENIZER),
                    e);
        } catch (IOException e) {
            throw new ModelException("Cannot read " + file + ": " + e, e);
        }
    }

    private static String foldersIn(Path models) {
        try (var folders = Files.list(models)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .collect(Collectors.joining(", ", "the folders: ", ""));
        } catch (IOException e) {
            return "nothing that can be read";
        }
    }
}
