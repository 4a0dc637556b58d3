package dev.tandem.rerank;

import dev.tandem.rerank.RemoteException.Kind;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One call of a remote reranker. Thread-safe. */
final class RemoteCall {

    private static final int OK = 200;

    private final int texts;
    private final long stalledAfter;
    private final long began = System.nanoTime();
    private final CompletableFuture<float[]> result = new CompletableFuture<>();
    private @Nullable CompletableFuture<?> exchange;
    private boolean cancelled;

    /**
     * @param stalledAfter nanoseconds from which on one that is given up was no victim of a short
     *     budget
     */
    RemoteCall(int texts, long stalledAfter) {
        this.texts = texts;
        this.stalledAfter = stalledAfter;
    }

    /** Scores in the order of the texts, NaN for one that was not scored; or a failure. */
    CompletableFuture<float[]> result() {
        return result;
    }

    /** Nanoseconds since it began. */
    long took() {
        return System.nanoTime() - began;
    }

    /** Gives it up, and closes its connection. */
    void cancel() {
        CompletableFuture<?> its;
        synchronized (this) {
            cancelled = true;
            its = exchange;
        }
        if (its != null) {
            its.cancel(true);
        }
    }

    /** Sends the request; the stage fails with a {@link RemoteException} only. */
    CompletionStage<float[]> send(HttpClient client, HttpRequest request) {
        var scores = new CompletableFuture<float[]>();
        CompletableFuture<HttpResponse<byte[]>> its;
        synchronized (this) {
            if (cancelled) {
                return CompletableFuture.failedFuture(givenUp());
            }
            long most = RerankDialect.largestAnswer(texts);
            its =
                    client.sendAsync(
                            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), most));
            exchange = its;
        }
        var _ = its.whenComplete((response, e) -> complete(scores, response, e));
        return scores;
    }

    private void complete(
            CompletableFuture<float[]> scores,
            @Nullable HttpResponse<byte[]> response,
            @Nullable Throwable e) {
        try {
            if (response == null) {
                throw failure(e);
            }
            scores.complete(read(response));
        } catch (RuntimeException failure) {
            scores.completeExceptionally(failure);
        }
    }

    private float[] read(HttpResponse<byte[]> response) {
        if (response.statusCode() != OK) {
            String text = new String(response.body(), StandardCharsets.UTF_8);
            throw new RemoteException(
                    Kind.FAILED,
                    "HTTP status %d: %.200s".formatted(response.statusCode(), text),
                    null);
        }
        return RerankDialect.scores(response.body(), texts, scored(response));
    }

    private static OptionalLong scored(HttpResponse<?> response) {
        try {
            return response.headers().firstValueAsLong(RerankDialect.SCORED);
        } catch (NumberFormatException e) {
            throw new RemoteException(
                    Kind.GARBAGE, "The header %s is no number".formatted(RerankDialect.SCORED), e);
        }
    }

    private RemoteException failure(@Nullable Throwable e) {
        Throwable cause = e instanceof CompletionException wrapped ? wrapped.getCause() : e;
        return cause instanceof CancellationException
                ? givenUp()
                : new RemoteException(Kind.FAILED, String.valueOf(cause), cause);
    }

    private RemoteException givenUp() {
        Kind kind = took() > stalledAfter ? Kind.STALLED : Kind.LATE;
        return new RemoteException(
                kind, "Given up after %d ms".formatted(took() / 1_000_000), null);
    }
}
