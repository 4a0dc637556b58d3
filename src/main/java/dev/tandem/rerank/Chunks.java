package dev.tandem.rerank;

import dev.tandem.model.Span;
import dev.tandem.onnx.TextTokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Cuts a passage that is too long for one run into chunks that overlap, and reads those that share
 * the most with the query: by BM25 over the chunks of the one passage, so that a word that stands
 * in all of them tells nothing. Takes microseconds, and needs nothing but the token ids.
 */
public final class Chunks implements PassageCut {

    /** Tokens of a chunk that are the end of the one before, as a share: a sentence or two. */
    private static final double OVERLAP = 0.25;

    private static final double K1 = 1.2;
    private static final double B = 0.75;

    private final int most;
    private final TextTokenizer tokenizer;

    /**
     * @param most chunks of a passage that are read, at least 1
     */
    public Chunks(int most, TextTokenizer tokenizer) {
        this.most = most;
        this.tokenizer = tokenizer;
    }

    @Override
    public List<Span> spans(long[] query, int[] passage, int room) {
        if (passage.length <= room) {
            return List.of(new Span(0, passage.length));
        }
        List<Span> all = cut(passage.length, room);
        if (all.size() <= most) {
            return all;
        }
        double[] scores = bm25(words(query), passage, all);
        // A stable sort: of chunks that share nothing the first ones are read.
        return IntStream.range(0, all.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .limit(most)
                .sorted()
                .map(all::get)
                .toList();
    }

    /** The last one is as long as the others and overlaps more. */
    private static List<Span> cut(int length, int size) {
        int stride = Math.max(1, (int) (size * (1 - OVERLAP)));
        List<Span> chunks = new ArrayList<>();
        int from = 0;
        while (from + size < length) {
            chunks.add(new Span(from, from + size));
            from += stride;
        }
        chunks.add(new Span(length - size, length));
        return chunks;
    }

    private Set<Integer> words(long[] query) {
        Set<Integer> words = new HashSet<>();
        for (long token : query) {
            if (tokenizer.isWord((int) token)) {
                words.add((int) token);
            }
        }
        return words;
    }

    /** Robertson and Zaragoza 2009; inverse document frequency as in Lucene, never negative. */
    private static double[] bm25(Set<Integer> words, int[] passage, List<Span> chunks) {
        double[] scores = new double[chunks.size()];
        double mean = chunks.stream().mapToInt(Span::length).average().orElse(1);
        for (int word : words) {
            int[] counts = counts(word, passage, chunks);
            long having = IntStream.of(counts).filter(count -> count > 0).count();
            double idf = Math.log(1 + (chunks.size() - having + 0.5) / (having + 0.5));
            for (int i = 0; i < counts.length; i++) {
                double norm = K1 * (1 - B + B * chunks.get(i).length() / mean);
                scores[i] += idf * counts[i] * (K1 + 1) / (counts[i] + norm);
            }
        }
        return scores;
    }

    private static int[] counts(int word, int[] passage, List<Span> chunks) {
        int[] counts = new int[chunks.size()];
        for (int c = 0; c < counts.length; c++) {
            Span chunk = chunks.get(c);
            for (int i = chunk.from(); i < chunk.to(); i++) {
                counts[c] += passage[i] == word ? 1 : 0;
            }
        }
        return counts;
    }
}
