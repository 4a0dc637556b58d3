package dev.tandem.models;

import dev.tandem.model.ModelException;
import dev.tandem.onnx.CardFile;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelCard.Blend;
import dev.tandem.onnx.ModelFolder;
import dev.tandem.onnx.ModelKind;
import dev.tandem.onnx.ModelsConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tandem models list}. */
@Command(
        name = "list",
        description = "Say which models are in the models folder, and which are in use.",
        mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {

    private final ModelsConfig models;

    @Spec private CommandSpec spec;

    ListCommand(ModelsConfig models) {
        this.models = models;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Path> folders = folders();
        out.printf("%s: %d models%n", models.dir().toAbsolutePath().normalize(), folders.size());
        folders.forEach(folder -> print(out, folder));
        boolean biEncoder = isThere(folders, "tandem.models.bi-encoder", models.biEncoder());
        boolean pair = isThere(folders, "tandem.models.cross-encoder", models.crossEncoder());
        return biEncoder && pair ? 0 : 1;
    }

    private void print(PrintWriter out, Path folder) {
        String name = folder.getFileName().toString();
        out.printf("%n%s%s%n", name, use(name));
        try {
            ModelCard card = CardFile.read(folder);
            List<String> names = ModelFolder.names(folder, card);
            out.printf("  %s, %s%n", kind(folder, card), size(folder, names));
            out.printf("  %s%n", facts(folder, card));
            out.printf("  %s%n", files(folder, names));
        } catch (ModelException e) {
            out.printf("  no model: %s%n", e.getMessage());
        }
    }

    private String use(String name) {
        List<String> uses = new ArrayList<>();
        if (name.equals(models.biEncoder())) {
            uses.add("the bi-encoder in use");
        }
        if (name.equals(models.crossEncoder())) {
            uses.add("the cross-encoder in use");
        }
        return uses.isEmpty() ? "" : ": " + String.join(" and ", uses);
    }

    private static String kind(Path folder, ModelCard card) {
        return CardFile.kindOf(folder, card)
                .map(ModelKind::toString)
                .orElse("bi-encoder or cross-encoder (models check tells)");
    }

    private static String size(Path folder, List<String> names) {
        long bytes = 0;
        for (String name : names) {
            bytes += folder.resolve(name).toFile().length();
        }
        return "%s, %,.1f MB".formatted(names.getFirst(), bytes / 1e6);
    }

    private static String facts(Path folder, ModelCard card) {
        List<String> facts = new ArrayList<>();
        facts.add(CardFile.isIn(folder) ? "card" : "no card");
        facts.add(card.maxSequenceLength() + " tokens");
        if (card.pooling() != null) {
            facts.add(card.pooling().name().toLowerCase(Locale.ROOT) + " pooling");
        }
        Blend blend = card.blend();
        if (blend != null) {
            facts.add("blended with " + blend.biEncoder());
        }
        if (!card.canary().isEmpty()) {
            facts.add(card.canary().size() + " canary pairs");
        }
        facts.add(card.licence() == null ? "no licence stated" : card.licence());
        return String.join(", ", facts);
    }

    private static String files(Path folder, List<String> names) {
        List<String> missing =
                names.stream().filter(name -> !Files.isRegularFile(folder.resolve(name))).toList();
        return missing.isEmpty()
                ? "all files are there"
                : "missing: %s. Copy the model again.".formatted(String.join(", ", missing));
    }

    private boolean isThere(List<Path> folders, String key, String name) {
        boolean there = folders.contains(models.dir().resolve(name));
        if (!there) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "%s is %s, which is not in %s. Name one that is, or fetch it: ./tandem models pull ID%n",
                            key, name, models.dir().toAbsolutePath().normalize());
        }
        return there;
    }

    /** Hidden ones are pulls that have not ended. */
    private List<Path> folders() {
        try (Stream<Path> entries = Files.list(models.dir())) {
            return entries.filter(Files::isDirectory)
                    .filter(folder -> !folder.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            throw new ModelException(
                    "No models folder %s. Set tandem.models.dir (TANDEM_MODELS_DIR) to the folder of the model folders."
                            .formatted(models.dir().toAbsolutePath()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + models.dir(), e);
        }
    }
}
