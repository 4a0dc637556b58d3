package dev.tandem.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleBiFunction;

/**
 * Stands for a reranker on a GPU: answers from known logits after some milliseconds. Can stall on
 * one call in five, or answer garbage.
 */
final class TableServer implements AutoCloseable {

    /** What it does. */
    enum Mode {
        HEALTHY,
        STALLS,
        GARBAGE
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER = Duration.ofMillis(8);
    private static final Duration STALL = Duration.ofSeconds(2);
    private static final int ONE_IN = 5;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ToDoubleBiFunction<String, String> logits;
    private final Random random = new Random(11);
    private volatile Mode mode = Mode.HEALTHY;

    /**
     * @param logits of query and text
     */
    TableServer(ToDoubleBiFunction<String, String> logits) throws IOException {
        this.logits = logits;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/rerank", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    void become(Mode its) {
        mode = its;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody());
        sleep(mode == Mode.STALLS && draws() ? STALL : ANSWER);
        byte[] body = body(request).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private synchronized boolean draws() {
        return random.nextInt(ONE_IN) == 0;
    }

    private String body(JsonNode request) {
        if (mode == Mode.GARBAGE) {
            return "[{\"index\": 0, \"score\": \"high\"}]";
        }
        var entries = new StringJoiner(",", "[", "]");
        String query = request.path("query").asText();
        for (int i = 0; i < request.path("texts").size(); i++) {
            double logit = logits.applyAsDouble(query, request.path("texts").path(i).asText());
            entries.add("{\"index\":%d,\"score\":%s}".formatted(i, logit));
        }
        return entries.toString();
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
