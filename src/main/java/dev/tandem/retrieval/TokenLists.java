package dev.tandem.retrieval;

import dev.tandem.model.Candidate;
import dev.tandem.model.Deadline;
import dev.tandem.model.IndexException;
import dev.tandem.model.StorageFailure;
import dev.tandem.model.StorageHangsException;
import dev.tandem.rerank.PassageTokens;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Token ids of a call's candidates, read on other threads than those that score: these are few, all
 * calls share them, and a read that hangs must not take them along.
 */
final class TokenLists implements PassageTokens, AutoCloseable {

    /** Also of no time left: what is in memory comes sooner. */
    private static final long LEAST_WAIT_NANOS = 20_000_000;

    private final List<Candidate> candidates;
    private final IntFunction<int[]> read;
    private final Deadline deadline;
    private final StorageHealth health;
    private final List<CompletableFuture<int[]>> lists;
    private final Queue<StorageHealth.Work> works = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private volatile @Nullable StorageFailure failure;

    /**
     * @param read gives the token ids of an ordinal
     * @param deadline until which they are waited for
     */
    TokenLists(
            List<Candidate> candidates,
            IntFunction<int[]> read,
            Deadline deadline,
            StorageHealth health) {
        this.candidates = candidates;
        this.read = read;
        this.deadline = deadline;
        this.health = health;
        lists = Stream.generate(CompletableFuture<int[]>::new).limit(candidates.size()).toList();
    }

    /** Has them read one after the other, as suits what is in memory. */
    TokenLists inOrder(Executor threads) {
        threads.execute(() -> read(0, candidates.size()));
        return this;
    }

    /** Has them read side by side, as suits storage that takes its time for each. */
    TokenLists sideBySide(Executor threads) {
        for (int i = 0; i < candidates.size(); i++) {
            int index = i;
            threads.execute(() -> read(index, index + 1));
        }
        return this;
    }

    @Override
    public int[] tokenIds(int index) {
        try {
            long nanos = Math.max(LEAST_WAIT_NANOS, deadline.remaining().toNanos());
            return lists.get(index).get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IndexException its ? its : failed(index, e);
        } catch (TimeoutException _) {
            throw failed(index, new StorageHangsException("not there in time"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(index, e);
        }
    }

    /** What the first list that could not be read met; null if there is none. */
    @Nullable StorageFailure failure() {
        return failure;
    }

    /** Ends what has not begun; nobody waits for the rest any more. */
    @Override
    public void close() {
        closed = true;
        works.forEach(StorageHealth.Work::abandon);
        // Whoever still waits for one is of no use any more.
        lists.forEach(list -> list.cancel(false));
    }

    private void read(int from, int to) {
        if (closed) {
            return;
        }
        try (var work = health.begin()) {
            works.add(work);
            for (int index = from; index < to && !closed; index++) {
                read(index);
            }
        }
    }

    private void read(int index) {
        var list = lists.get(index);
        try {
            list.complete(read.apply(candidates.get(index).ordinal()));
        } catch (RuntimeException e) {
            if (e instanceof IndexException its && failure == null) {
                failure = its.failure();
            }
            list.completeExceptionally(e);
        }
    }

    private IndexException failed(int index, Exception e) {
        int ordinal = candidates.get(index).ordinal();
        return new IndexException(
                "The token ids of passage %d are not there: %s".formatted(ordinal, e), e);
    }
}
