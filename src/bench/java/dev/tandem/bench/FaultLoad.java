package dev.tandem.bench;

import dev.tandem.model.Budget;
import dev.tandem.model.Coverage.Reason;
import dev.tandem.model.Filter;
import dev.tandem.model.Filter.OneOf;
import dev.tandem.model.MetadataValue.Text;
import dev.tandem.model.Query;
import dev.tandem.model.RankedPassage;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.SearchException;
import dev.tandem.model.SearchResult;
import dev.tandem.model.Stage;
import dev.tandem.model.Walk;
import dev.tandem.retrieval.LiveEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Questions without a pause, some at a time, whose answers are compared with the right ones. The
 * scores of all of them are known, so that it is the storage that the answers wait for.
 */
final class FaultLoad implements AutoCloseable {

    static final Duration BUDGET = Duration.ofMillis(500);
    static final Duration GRACE = Duration.ofMillis(30);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Budget ALL_TIME = Budget.of(Duration.ofHours(9), Duration.ofHours(9));
    private static final int QUERIES = 20;
    private static final int CANDIDATES = 50;
    private static final int TOP_K = 10;
    private static final int PAUSE_MILLIS = 20;

    private final LiveEngine live;
    private final List<List<RankedPassage>> right = new ArrayList<>();
    private final Map<String, Float> logits = new ConcurrentHashMap<>();
    private final Map<String, Float> similarities = new ConcurrentHashMap<>();
    private final ExecutorService threads;
    private volatile FaultFigures figures = new FaultFigures();
    private volatile boolean going = true;

    /** Takes what is answered without any hurry, twice the same, for right. */
    FaultLoad(LiveEngine live, int threads) {
        this.live = live;
        for (int query = 0; query < QUERIES; query++) {
            ask(query, ALL_TIME);
            right.add(ask(query, ALL_TIME).passages());
        }
        this.threads = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            var _ = this.threads.submit((Runnable) this::ask);
        }
    }

    /** What is asked from now on counts here. */
    FaultFigures count() {
        var next = new FaultFigures();
        figures = next;
        return next;
    }

    @Override
    public void close() {
        going = false;
        threads.close();
    }

    private void ask() {
        while (going) {
            FaultFigures its = figures;
            int query = ThreadLocalRandom.current().nextInt(QUERIES);
            long start = System.nanoTime();
            String outcome;
            try {
                outcome = outcome(query, ask(query, Budget.of(BUDGET, GRACE)));
            } catch (SearchException e) {
                outcome = FaultFigures.TYPED;
            } catch (Throwable e) {
                outcome = FaultFigures.UNTYPED;
                e.printStackTrace();
            }
            its.add(outcome, System.nanoTime() - start);
            sleep();
        }
    }

    private SearchResult ask(int query, Budget budget) {
        var asked =
                new Query(
                        "how many things does passage %d speak of?".formatted(query * 37),
                        CANDIDATES,
                        TOP_K,
                        filter(query),
                        RerankOptions.DEFAULT);
        return live.call(engine -> engine.retriever().search(asked, budget))
                .await()
                .atMost(PATIENCE);
    }

    private static @Nullable Filter filter(int query) {
        return query % 2 == 0 ? null : new OneOf("kind", List.of(new Text(kind(query))));
    }

    private static String kind(int query) {
        return "kind " + query % 5;
    }

    private String outcome(int query, SearchResult result) {
        boolean whole = result.passages().stream().allMatch(hit -> isWhole(query, hit, result.walk()));
        if (!whole) {
            return wrong(query, result);
        }
        if (result.coverage().reason() != Reason.COMPLETE) {
            return FaultFigures.FLAGGED;
        }
        if (result.passages().equals(right.get(query))) {
            return FaultFigures.RIGHT;
        }
        return isRanked(result) ? FaultFigures.OTHERS : wrong(query, result);
    }

    private static String wrong(int query, SearchResult result) {
        System.err.printf("Wrong answer to query %d: %s%n", query, result);
        return FaultFigures.WRONG;
    }

    /**
     * The passage is the one that was indexed, fits the filter, and has the pair's own numbers;
     * after a walk that was cut the similarity may be that of the codes.
     */
    private boolean isWhole(int query, RankedPassage hit, Walk walk) {
        var passage = hit.passage();
        if (!passage.equals(FaultIndex.passage(passage.id()))
                || !(query % 2 == 0 || passage.metadata().get("kind").equals(kind(query)))) {
            return false;
        }
        String pair = query + " " + passage.id();
        return (!walk.complete() || isKnown(similarities, pair, hit.similarity()))
                && (hit.stage() == Stage.RETRIEVE || isKnown(logits, pair, hit.logit()));
    }

    private static <T> boolean isKnown(Map<String, T> known, String pair, T got) {
        T first = known.putIfAbsent(pair, got);
        return first == null || first.equals(got);
    }

    /** A walk that begins elsewhere, as after a cold one, may find others of the near ones. */
    private static boolean isRanked(SearchResult result) {
        List<Double> scores = result.passages().stream().map(RankedPassage::score).toList();
        return scores.size() == TOP_K
                && scores.equals(scores.stream().sorted(Comparator.reverseOrder()).toList());
    }

    private static void sleep() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
