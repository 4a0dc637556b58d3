package dev.tandem.rerank;

import dev.tandem.model.ModelException;
import dev.tandem.model.RemoteUse;
import dev.tandem.onnx.ModelCard;
import dev.tandem.rerank.RemoteException.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A reranker elsewhere, such as a GPU's, that scores a part of the candidates while the local model
 * scores them from the first one on. It takes part only while {@link RemoteTrust} says that it runs
 * the same model. Nothing waits for it. Thread-safe.
 */
public final class RemoteReranker implements AutoCloseable {

    /** Calls of all queries together, for each that one query may have. */
    private static final int QUERIES = 8;

    /**
     * A call that was given up after this multiple of what calls take has not met a short budget.
     */
    private static final int STALLED = 4;

    private static final double GAIN = 0.2;

    /** Threads that read passages, which may hang on storage. */
    private static final int READERS = 16;

    private static final int IDLE_SECONDS = 10;

    /** The share of a call's time that is for the way: one in so many. */
    private static final int ON_THE_WAY = 10;

    private final RemoteConfig config;
    private final URI endpoint;
    private final HttpClient client;
    private final ExecutorService responses;
    private final ThreadPoolExecutor readers;
    private final RemoteGuard guard;
    private final RemoteTrust trust;
    private final LongAdder ok = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder garbage = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder pairs = new LongAdder();
    private final AtomicLong typical;

    private RemoteReranker(RemoteConfig config, URI url, CrossEncoder local, ModelCard card) {
        this.config = config;
        endpoint = endpoint(url);
        responses = Executors.newFixedThreadPool(2, daemon("remote-response-"));
        readers =
                new ThreadPoolExecutor(
                        0,
                        READERS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        daemon("remote-read-"));
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(config.timeout())
                        .executor(responses)
                        .build();
        typical = new AtomicLong(config.timeout().toNanos());
        trust = new RemoteTrust(this, url, local, card);
        guard = new RemoteGuard(config.timeout(), QUERIES * config.concurrency(), trust::brokeOff);
    }

    /**
     * Looks at the remote in the background; until it is known to run the same model it takes no
     * part.
     *
     * @param local the model that serves here
     * @return empty if none is configured
     * @throws ModelException if its URL is none
     */
    public static Optional<RemoteReranker> open(
            RemoteConfig config, CrossEncoder local, ModelCard card) {
        return config.url()
                .map(
                        url -> {
                            var remote = new RemoteReranker(config, url, local, card);
                            remote.trust.look();
                            return remote;
                        });
    }

    /** What it did until now, and how it is. */
    public RemoteUse use() {
        return new RemoteUse(
                ok.sum(),
                late.sum(),
                failed.sum(),
                garbage.sum(),
                rejected.sum(),
                pairs.sum(),
                guard.state(),
                trust.describe(),
                trust.degraded());
    }

    @Override
    public void close() {
        readers.shutdownNow();
        client.shutdownNow();
        responses.shutdownNow();
    }

    /** Whether it takes part now; costs nothing. */
    boolean takesPart() {
        return trust.isTrusted() && guard.isClosed();
    }

    /** Whether it reads as much of a long text as the local model. */
    boolean cutsAlike() {
        return trust.cutsAlike();
    }

    boolean isClosed() {
        return readers.isShutdown();
    }

    int batch() {
        return config.batch();
    }

    int concurrency() {
        return config.concurrency();
    }

    /** Nanoseconds that calls take at the moment. */
    long typicalNanos() {
        return typical.get();
    }

    /** Runs what may hang on storage; rejects more than it has threads for. */
    Executor readers() {
        return readers;
    }

    /** Runs what takes no time, after so many nanoseconds. */
    static void after(long nanos, Runnable task) {
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run).execute(task);
    }

    void countPairs(int won) {
        pairs.add(won);
    }

    /**
     * Begins a call; returns at once, and never throws.
     *
     * @param texts at most {@link #batch()}
     * @param left until its answer is of no use any more
     */
    RemoteCall score(String query, List<String> texts, Duration left) {
        var call = new RemoteCall(texts.size(), STALLED * typical.get());
        HttpRequest request = request(query, texts, left);
        guard.run(() -> call.send(client, request))
                .whenComplete(
                        (scores, e) -> {
                            count(call, e);
                            if (e == null) {
                                call.result().complete(scores);
                            } else {
                                // It may go on after a timeout.
                                call.cancel();
                                call.result().completeExceptionally(e);
                            }
                        });
        return call;
    }

    private HttpRequest request(String query, List<String> texts, Duration left) {
        var request =
                HttpRequest.newBuilder(endpoint)
                        .header("Content-Type", "application/json")
                        .header(RerankDialect.BUDGET, String.valueOf(told(left)))
                        .POST(BodyPublishers.ofByteArray(RerankDialect.request(query, texts)));
        config.apiKey().ifPresent(key -> request.header("Authorization", "Bearer " + key));
        return request.build();
    }

    /** Milliseconds: a Tandem answers when they are over, and its answer is to be here in time. */
    private long told(Duration left) {
        long most = Math.min(left.toMillis(), config.timeout().toMillis());
        return Math.max(1, most - most / ON_THE_WAY);
    }

    private void count(RemoteCall call, @Nullable Throwable e) {
        if (e == null) {
            ok.increment();
            long took = call.took();
            typical.updateAndGet(before -> followed(before, took));
        } else if (RemoteGuard.isRejection(e)) {
            rejected.increment();
        } else {
            Kind kind = e instanceof RemoteException its ? its.kind() : Kind.FAILED;
            switch (kind) {
                case LATE, STALLED -> late.increment();
                case FAILED -> failed.increment();
                case GARBAGE -> garbage.increment();
            }
        }
    }

    /** The first one counts whole: before it nothing is known. */
    private long followed(long before, long took) {
        boolean first = before == config.timeout().toNanos();
        return first ? took : before + (long) (GAIN * (took - before));
    }

    private static URI endpoint(URI url) {
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null) {
            throw new ModelException(
                    "tandem.rerank.remote.url: got %s, expected http://HOST:PORT or https://HOST:PORT; unset it to rerank without a remote"
                            .formatted(url));
        }
        String base = url.toString();
        return URI.create(base.endsWith("/") ? base + "rerank" : base + "/rerank");
    }

    private static ThreadFactory daemon(String prefix) {
        return Thread.ofPlatform().daemon().name(prefix, 0).factory();
    }
}
