package dev.tandem.bench;

import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.fixtures.Settings;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.Query;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.SearchResult;
import dev.tandem.rerank.ScoreCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Repeats each query under a budget that suffices for about a third of its candidates, until the
 * answer is complete, and compares its scores with those of one answer without a cache.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=CacheDepth \
 *     -Dbench.args="INDEX DATA/COLLECTION QUERIES CANDIDATES"</pre>
 */
public final class CacheDepth {

    private static final Duration AMPLE = Duration.ofMinutes(1);
    private static final int MOST_CALLS = 10;

    /** Queries that are told of apart: Java has not compiled everything yet. */
    private static final int WARM_UP = 10;

    /** One query. */
    private record Row(int first, int calls) {}

    private CacheDepth() {}

    public static void main(String[] args) {
        int candidates = Integer.parseInt(args[3]);
        var cache = ScoreCache.open(Settings.cache(1_000_000), "bench");
        List<Row> rows = new ArrayList<>();
        int different = 0;
        try (var fresh = new ServedIndex(args[0], ScoreCache.NONE);
                var cached = new ServedIndex(args[0], cache)) {
            for (Judged judged : ServedIndex.queries(args[1], args[2])) {
                var query = new Query(judged.text(), candidates, candidates);
                SearchResult whole = fresh.search(query, AMPLE);
                var timings = whole.timings();
                Duration third =
                        timings.total().minus(timings.rerank()).plus(timings.rerank().dividedBy(3));
                int its = 1;
                SearchResult result = cached.search(query, third);
                int first = result.coverage().scored();
                while (result.coverage().reason() != Reason.COMPLETE && its < MOST_CALLS) {
                    result = cached.search(query, third);
                    its++;
                }
                rows.add(new Row(first, its));
                different += logits(result).equals(logits(whole)) ? 0 : 1;
            }
        }
        System.out.println("the first " + WARM_UP);
        report(rows.subList(0, WARM_UP), candidates);
        System.out.println("the rest");
        report(rows.subList(WARM_UP, rows.size()), candidates);
        System.out.printf(
                "%d answers with another score or order than a fresh one; cache %s%n",
                different, cache.use());
    }

    private static void report(List<Row> rows, int candidates) {
        var byCalls = new TreeMap<Integer, List<Integer>>();
        rows.forEach(row -> byCalls.computeIfAbsent(row.calls(), _ -> new ArrayList<>()).add(row.first()));
        byCalls.forEach(
                (calls, firsts) ->
                        System.out.printf(
                                "complete with call %d: %d queries, whose first call scored %d to %d of %d%n",
                                calls,
                                firsts.size(),
                                Collections.min(firsts),
                                Collections.max(firsts),
                                candidates));
    }

    /** Bits and order of all hits. */
    private static Map<String, Integer> logits(SearchResult result) {
        return result.passages().stream()
                .collect(
                        Collectors.toMap(
                                hit -> hit.rank() + " " + hit.passage().id(), CacheDepth::bits));
    }

    private static int bits(RankedPassage hit) {
        Float logit = hit.logit();
        return logit == null ? 0 : Float.floatToRawIntBits(logit);
    }
}
