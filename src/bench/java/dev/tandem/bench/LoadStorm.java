package dev.tandem.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * More than a server can do, over loopback. First so many callers ask one question after the other:
 * what is answered then is its capacity. Then half as much again comes in at an even pace, whether
 * or not earlier ones were answered. Load and server share the host.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=LoadStorm \
 *     -Dbench.args="URL PID QUERIES.jsonl BUDGET_MS CALLERS SECONDS"</pre>
 */
public final class LoadStorm {
    private static final int CAPACITY_SECONDS = 30;
    private static final double OVERLOAD = 1.5;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;
    private final Path status;
    private final List<String> queries;
    private final int budget;
    private final AtomicInteger asked = new AtomicInteger();

    /** One answer. */
    private record Got(int status, String reason, double millis) {}

    private LoadStorm(String[] args) throws IOException {
        url = URI.create(args[0] + "/v1/search");
        status = Path.of("/proc", args[1], "status");
        budget = Integer.parseInt(args[3]);
        queries = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(args[2]))) {
            queries.add(JSON.readTree(line).path("text").asText());
        }
    }

    public static void main(String[] args) throws Exception {
        var storm = new LoadStorm(args);
        int callers = Integer.parseInt(args[4]);
        int seconds = Integer.parseInt(args[5]);
        storm.closed(callers, 10);
        double capacity = storm.closed(callers, CAPACITY_SECONDS);
        System.out.printf("capacity with %d callers: %.1f answers/s%n", callers, capacity);
        storm.open(OVERLOAD * capacity, seconds);
    }

    /**
     * @return answers a second
     */
    private double closed(int callers, int seconds) throws InterruptedException {
        var answers = new ConcurrentLinkedQueue<Got>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            for (int i = 0; i < callers; i++) {
                threads.execute(
                        () -> {
                            while (System.nanoTime() - end < 0) {
                                answers.add(ask().join());
                            }
                        });
            }
        }
        long good = answers.stream().filter(got -> got.status() == 200).count();
        return (double) good / seconds;
    }

    private void open(double rate, int seconds) throws IOException {
        var answers = new ConcurrentLinkedQueue<Got>();
        var pending = new AtomicInteger();
        List<Long> resident = new ArrayList<>();
        long start = System.nanoTime();
        int count = (int) (rate * seconds);
        for (int i = 0; i < count; i++) {
            long due = start + (long) (i / rate * 1e9);
            while (System.nanoTime() - due < 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            if (i % (int) (10 * rate) == 0) {
                resident.add(residentKb());
            }
            pending.incrementAndGet();
            var _ =
                    ask().thenAccept(
                                    got -> {
                                        answers.add(got);
                                        pending.decrementAndGet();
                                    });
        }
        while (pending.get() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        double took = (System.nanoTime() - start) / 1e9;
        System.out.printf("asked %d in %.1f s, %.1f/s%n", count, took, count / took);
        tell(answers, resident);
    }

    private void tell(Iterable<Got> answers, List<Long> resident) {
        Map<String, List<Double>> times = new TreeMap<>();
        List<Double> accepted = new ArrayList<>();
        for (Got got : answers) {
            String kind = got.status() + " " + got.reason();
            times.computeIfAbsent(kind, _ -> new ArrayList<>()).add(got.millis());
            if (got.status() == 200) {
                accepted.add(got.millis() - budget);
            }
        }
        times.put("200 over its budget", accepted);
        times.forEach(
                (kind, millis) -> {
                    Collections.sort(millis);
                    System.out.printf(
                            "%-28s %7d  p50 %8.1f  p99 %8.1f  max %8.1f ms%n",
                            kind,
                            millis.size(),
                            at(millis, 0.5),
                            at(millis, 0.99),
                            at(millis, 1));
                });
        System.out.printf(
                "resident kB: first %d, then every tenth of the time %s%n",
                resident.getFirst(), everyTenth(resident));
    }

    private static List<Long> everyTenth(List<Long> values) {
        List<Long> some = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            some.add(values.get(Math.min(values.size() - 1, i * values.size() / 10)));
        }
        return some;
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) (share * (sorted.size() - 1)));
    }

    private CompletableFuture<Got> ask() {
        String query = queries.get(asked.getAndIncrement() % queries.size());
        String body =
                JSON.createObjectNode().put("query", query).put("budgetMs", budget).toString();
        var request =
                HttpRequest.newBuilder(url)
                        .timeout(Duration.ofSeconds(60))
                        .POST(BodyPublishers.ofString(body))
                        .build();
        long start = System.nanoTime();
        return client.sendAsync(request, BodyHandlers.ofString())
                .thenApply(
                        response ->
                                new Got(
                                        response.statusCode(),
                                        response.headers()
                                                .firstValue("X-Tandem-Coverage")
                                                .orElse(""),
                                        (System.nanoTime() - start) / 1e6))
                .exceptionally(
                        e -> new Got(0, String.valueOf(e), (System.nanoTime() - start) / 1e6));
    }

    private long residentKb() throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(-1);
    }
}
