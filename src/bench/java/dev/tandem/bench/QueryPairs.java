package dev.tandem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.tandem.model.Passage;
import dev.tandem.onnx.TextTokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/**
 * A collection's first query, and passages of it: none is so long that it would be cut, and they
 * come in random order, the same in every run.
 */
final class QueryPairs {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHORTEST = 20;
    private static final int SEED = 1;

    /** Special tokens of a pair. */
    private static final int OVERHEAD = 3;

    private final String query;
    private final List<Pair> pairs;

    /**
     * @param length tokens of the pair, special tokens included
     */
    private record Pair(String passage, int length) {}

    private QueryPairs(String query, List<Pair> pairs) {
        this.query = query;
        this.pairs = pairs;
    }

    /**
     * @param collection in BEIR's layout
     * @param even whether the lengths are spread evenly; else they are as the collection has them
     */
    static QueryPairs of(Path collection, TextTokenizer tokenizer, int count, boolean even)
            throws IOException {
        String query = query(collection.resolve("queries.jsonl"));
        int room = tokenizer.passageRoom(tokenizer.ids(query).length);
        int around = tokenizer.passageRoom(0) + OVERHEAD - room;
        List<Pair> all = new ArrayList<>();
        for (String line : Files.readAllLines(collection.resolve("corpus.jsonl"))) {
            String passage = fullText(JSON.readTree(line));
            int length = around + tokenizer.ids(passage).length;
            if (length >= SHORTEST && length <= room + around) {
                all.add(new Pair(passage, length));
            }
        }
        Collections.shuffle(all, new Random(SEED));
        return new QueryPairs(
                query, even ? spread(all, room + around, count) : List.copyOf(all.subList(0, count)));
    }

    private static List<Pair> spread(List<Pair> all, int longest, int count) {
        var byLength = new TreeMap<Integer, Deque<Pair>>();
        for (Pair pair : all) {
            byLength.computeIfAbsent(pair.length(), _ -> new ArrayDeque<>()).add(pair);
        }
        List<Pair> spread = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            spread.add(nearest(byLength, SHORTEST + (longest - SHORTEST) * i / (count - 1)));
        }
        Collections.shuffle(spread, new Random(SEED));
        return spread;
    }

    String query() {
        return query;
    }

    int count() {
        return pairs.size();
    }

    List<String> passages() {
        return pairs.stream().map(Pair::passage).toList();
    }

    /** Tokens of each pair. */
    List<Integer> lengths() {
        return pairs.stream().map(Pair::length).toList();
    }

    long tokens() {
        return pairs.stream().mapToLong(Pair::length).sum();
    }

    private static Pair nearest(NavigableMap<Integer, Deque<Pair>> byLength, int length) {
        Integer below = byLength.floorKey(length);
        Integer above = byLength.ceilingKey(length);
        boolean down = above == null || (below != null && length - below < above - length);
        int found = down && below != null ? below : byLength.ceilingKey(length);
        Deque<Pair> its = byLength.get(found);
        Pair pair = its.removeFirst();
        if (its.isEmpty()) {
            byLength.remove(found);
        }
        return pair;
    }

    private static String query(Path file) throws IOException {
        try (var lines = Files.lines(file)) {
            return JSON.readTree(lines.findFirst().orElseThrow()).path("text").asText();
        }
    }

    private static String fullText(JsonNode passage) {
        String title = passage.path("title").asText();
        return new Passage("", title, passage.path("text").asText(), Map.of()).fullText();
    }
}
