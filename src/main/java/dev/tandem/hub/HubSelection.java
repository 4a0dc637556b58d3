package dev.tandem.hub;

import dev.tandem.model.ModelException;
import dev.tandem.onnx.CpuFeatures;
import dev.tandem.onnx.GraphFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a repository make up a model here.
 *
 * @param graph path of the graph
 * @param files where each goes in the model's folder, small ones first: if something is wrong, it
 *     is seen before much has come
 */
record HubSelection(String graph, Map<String, HubFile> files) {

    private static final String TOKENIZER = "tokenizer.json";

    /** What a card is made from, what a person wants to know, and nothing larger. */
    private static final List<String> SETTINGS =
            List.of(
                    "config.json",
                    "tokenizer_config.json",
                    "sentence_bert_config.json",
                    "config_sentence_transformers.json",
                    "1_Pooling/config.json",
                    "README.md");

    private static final Pattern LICENCE = Pattern.compile("(?i)LICEN[CS]E(\\.\\w+)?|NOTICE");

    /**
     * @param asked path of the graph; null for what suits the CPU
     * @throws ModelException if the repository holds no model that can be run
     */
    static HubSelection of(
            HubRepo repo, List<HubFile> all, CpuFeatures cpu, @Nullable String asked) {
        Map<String, HubFile> byPath =
                all.stream()
                        .collect(
                                Collectors.toMap(
                                        HubFile::path,
                                        Function.identity(),
                                        (one, _) -> one,
                                        LinkedHashMap::new));
        String graph = graph(repo, byPath, cpu, asked);
        Map<String, HubFile> files = new LinkedHashMap<>();
        for (HubFile file : all) {
            if (SETTINGS.contains(file.path()) || LICENCE.matcher(file.path()).matches()) {
                files.put(file.path(), file);
            }
        }
        files.put(TOKENIZER, tokenizer(repo, byPath));
        List<String> large = new ArrayList<>(List.of(graph));
        large.addAll(GraphFiles.dataOf(graph, byPath.keySet()));
        for (String path : large) {
            Optional.ofNullable(byPath.get(path)).ifPresent(file -> files.put(path, file));
        }
        return new HubSelection(graph, files);
    }

    /** Bytes of all of them. */
    long bytes() {
        return files.values().stream().mapToLong(HubFile::size).sum();
    }

    private static String graph(
            HubRepo repo, Map<String, HubFile> files, CpuFeatures cpu, @Nullable String asked) {
        if (asked == null) {
            return GraphFiles.bestFor(cpu, files.keySet())
                    .orElseThrow(() -> withoutGraph(repo, files));
        }
        if (!files.containsKey(asked)) {
            throw new ModelException(
                    "--file: %s has no %s; %s.".formatted(repo, asked, graphs(files)));
        }
        return asked;
    }

    private static ModelException withoutGraph(HubRepo repo, Map<String, HubFile> files) {
        return new ModelException(
                graphs(files).startsWith("its")
                        ? "%s has several ONNX graphs, and none of the names that are known; %s. Choose one with --file."
                                .formatted(repo, graphs(files))
                        : "%s has no ONNX graph. Look for a repository that has one, such as Xenova/%s or onnx-community/%s-ONNX, or export it (pip install optimum-onnx): optimum-cli export onnx --model %s DIR"
                                .formatted(repo, repo.name(), repo.name(), repo.id()));
    }

    private static String graphs(Map<String, HubFile> files) {
        List<String> graphs = files.keySet().stream().filter(f -> f.endsWith(".onnx")).toList();
        return graphs.isEmpty()
                ? "it has no ONNX graph"
                : "its graphs: " + String.join(", ", graphs);
    }

    private static HubFile tokenizer(HubRepo repo, Map<String, HubFile> files) {
        HubFile file = files.getOrDefault(TOKENIZER, files.get("onnx/" + TOKENIZER));
        if (file == null) {
            throw new ModelException(
                    "%s has no %s. Look for a repository that has one, such as Xenova/%s, or write it (pip install transformers): python3 -c 'from transformers import AutoTokenizer; AutoTokenizer.from_pretrained(\"%s\").save_pretrained(\"DIR\")'"
                            .formatted(repo, TOKENIZER, repo.name(), repo.id()));
        }
        return file;
    }
}
