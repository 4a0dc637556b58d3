package dev.tandem.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Queries with their judged passages, in BEIR's layout. */
public final class Judgements {

    private static final Pattern TAB = Pattern.compile("\t");
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A query whose answers are known.
     *
     * @param grades judged passage to grade, at least one above 0
     */
    public record Judged(String id, String text, Map<String, Integer> grades) {}

    private Judgements() {}

    /** About so many, evenly spread. */
    public static List<Judged> sample(List<Judged> judged, int count) {
        double step = Math.max(1, (double) judged.size() / count);
        return IntStream.range(0, Math.min(count, judged.size()))
                .mapToObj(i -> judged.get((int) (i * step)))
                .toList();
    }

    /**
     * Reads the queries that have a relevant passage, in the order of their file; trec_eval leaves
     * out the others too.
     *
     * @param queries JSON lines with _id and text
     * @param qrels lines of query, passage and grade, separated by tabs, after a header
     */
    public static List<Judged> read(Path queries, Path qrels) {
        Map<String, Map<String, Integer>> grades = readQrels(qrels);
        List<Judged> judged = new ArrayList<>();
        int line = 0;
        for (String json : lines(queries)) {
            line++;
            if (json.isBlank()) {
                continue;
            }
            JsonNode query = parse(queries, line, json);
            String id = query.path("_id").asText();
            Map<String, Integer> its = grades.getOrDefault(id, Map.of());
            if (its.values().stream().anyMatch(grade -> grade > 0)) {
                judged.add(new Judged(id, query.path("text").asText(), its));
            }
        }
        if (judged.isEmpty()) {
            throw new InvalidRequestException(
                    Kind.MALFORMED,
                    "",
                    "No query of %s has a relevant passage in %s. Do the two belong together?"
                            .formatted(queries, qrels));
        }
        return judged;
    }

    private static Map<String, Map<String, Integer>> readQrels(Path qrels) {
        Map<String, Map<String, Integer>> grades = new LinkedHashMap<>();
        List<String> lines = lines(qrels);
        for (int i = 0; i < lines.size(); i++) {
            List<String> fields = TAB.splitAsStream(lines.get(i)).toList();
            boolean header = i == 0 && fields.size() == 3 && !isGrade(fields.get(2));
            if (header || lines.get(i).isBlank()) {
                continue;
            }
            if (fields.size() != 3 || !isGrade(fields.get(2))) {
                throw broken(qrels, i + 1, "expected query, passage and grade with tabs between");
            }
            grades.computeIfAbsent(fields.get(0), _ -> new LinkedHashMap<>())
                    .put(fields.get(1), Integer.valueOf(fields.get(2)));
        }
        return grades;
    }

    private static boolean isGrade(String field) {
        return field.matches("-?[0-9]{1,4}");
    }

    private static JsonNode parse(Path file, int line, String json) {
        try {
            JsonNode query = JSON.readTree(json);
            boolean named = query.path("_id").isTextual() || query.path("_id").isIntegralNumber();
            if (named && query.path("text").isTextual() && !query.path("text").asText().isBlank()) {
                return query;
            }
        } catch (IOException e) {
            throw broken(file, line, "not JSON: " + e.getMessage());
        }
        throw broken(file, line, "expected an object with _id and a text that is not blank");
    }

    private static InvalidRequestException broken(Path file, int line, String detail) {
        return new InvalidRequestException(Kind.MALFORMED, file + ":" + line, detail);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
