package dev.tandem.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * GET requests to the hub. Redirects are followed here and not by the client, which would take the
 * token along: the hub sends large files to hosts of others, which must not see it.
 */
final class HubHttp implements AutoCloseable {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MOST_REDIRECTS = 5;
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final long LOOK_MILLIS = 200;

    private final HubAccess access;
    private final Duration stall;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(CONNECT)
                    .build();

    /**
     * @param stall so long without news from the other side, and a request has failed
     */
    HubHttp(HubAccess access, Duration stall) {
        this.access = access;
        this.stall = stall;
    }

    /** Watches a request on its way. */
    interface Watcher {

        /**
         * Looks at a redirect before it is followed.
         *
         * @throws IOException to go no further
         */
        default void redirected(HttpResponse<?> redirect) throws IOException {}

        /** Asked now and then; what it gives grows while the answer comes in. */
        default long done() {
            return 0;
        }
    }

    /**
     * Sends a request, and where it is redirected to, until an answer is none.
     *
     * @throws IOException if there is no whole answer
     */
    <T> HttpResponse<T> get(
            URI uri, Map<String, String> headers, BodyHandler<T> handler, Watcher watcher)
            throws IOException {
        URI at = uri;
        for (int hops = 0; hops <= MOST_REDIRECTS; hops++) {
            HttpResponse<T> response = send(request(at, headers), handler, watcher);
            if (!REDIRECTS.contains(response.statusCode())) {
                return response;
            }
            watcher.redirected(response);
            at = next(at, response);
        }
        throw new IOException("%s redirects more than %d times".formatted(uri, MOST_REDIRECTS));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpRequest request(URI uri, Map<String, String> headers) {
        var request =
                HttpRequest.newBuilder(uri)
                        .header("User-Agent", "tandem")
                        // Ranges and sizes are those of the file, not of what a proxy makes of it.
                        .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        String token = access.token();
        if (token != null && access.mayKnowToken(uri)) {
            request.header("Authorization", "Bearer " + token);
        }
        return request.build();
    }

    private static URI next(URI from, HttpResponse<?> response) throws IOException {
        String location =
                response.headers()
                        .firstValue("Location")
                        .orElseThrow(() -> new IOException(from + " redirects to nowhere"));
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "%s redirects to %s, which is no URL".formatted(from, location), e);
        }
        boolean https = "https".equals(to.getScheme());
        if (to.getHost() == null || !(https || "http".equals(to.getScheme()))) {
            throw new IOException("%s redirects to %s".formatted(from, location));
        }
        if ("https".equals(from.getScheme()) && !https) {
            throw new IOException(
                    "%s redirects to %s, which is not encrypted".formatted(from, to.getHost()));
        }
        return to;
    }

    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler, Watcher watcher)
            throws IOException {
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
        try {
            return await(answer, watcher);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } finally {
            // Closes the connection of an answer that is not waited for any more.
            answer.cancel(true);
        }
    }

    private <T> HttpResponse<T> await(CompletableFuture<HttpResponse<T>> answer, Watcher watcher)
            throws IOException, InterruptedException, ExecutionException {
        long before = watcher.done();
        long news = System.nanoTime();
        while (true) {
            try {
                return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                long now = watcher.done();
                if (now != before) {
                    before = now;
                    news = System.nanoTime();
                } else if (System.nanoTime() - news > stall.toNanos()) {
                    throw new IOException(
                            "no byte came for %.0f s".formatted(stall.toMillis() / 1e3), e);
                }
            }
        }
    }
}
