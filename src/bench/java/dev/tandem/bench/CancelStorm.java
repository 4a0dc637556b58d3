package dev.tandem.bench;

import dev.tandem.fixtures.RealModels;
import dev.tandem.model.Deadline;
import dev.tandem.onnx.ModelInput;
import dev.tandem.rerank.Convergence;
import dev.tandem.rerank.DeadlineTimer;
import dev.tandem.rerank.PassageCut;
import dev.tandem.rerank.RerankTask;
import dev.tandem.rerank.Reranker;
import dev.tandem.rerank.Reranking;
import dev.tandem.rerank.ScoreCache;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Cancels calls at random moments of their runs, and looks at what is left: memory, threads, and
 * whether the session still gives the same bits.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=CancelStorm -Dbench.args="CALLS"</pre>
 */
public final class CancelStorm {

    private static final int CANDIDATES = 100;
    private static final int LONGEST = 250;
    private static final int REPORTS = 5;

    private CancelStorm() {}

    public static void main(String[] args) throws Exception {
        int calls = Integer.parseInt(args[0]);
        var cross = RealModels.crossEncoder();
        long[] query = cross.tokenizer().ids("how many people live in Berlin?");
        ModelInput probe = cross.tokenizer().pair(query, passage(LONGEST));
        float before = cross.logit(probe);
        var random = new Random(11);
        try (var timer = DeadlineTimer.start();
                var reranker =
                        new Reranker(cross, ScoreCache.NONE, timer, cross.concurrency())) {
            rerank(reranker, query).await().indefinitely();
            for (int i = 0; i <= calls; i++) {
                if (i % (calls / REPORTS) == 0) {
                    System.out.printf(
                            "%5d cancelled: resident %,d kB, %d threads, the same logit: %s%n",
                            i, resident(), Thread.activeCount(), cross.logit(probe) == before);
                }
                var call = rerank(reranker, query).subscribe().with(_ -> {});
                Thread.sleep(Duration.ofNanos(random.nextInt(30_000_000)));
                call.cancel();
            }
            var whole = rerank(reranker, query).await().indefinitely();
            System.out.printf("afterwards %d of %d pairs are scored%n", whole.work().pairs(), CANDIDATES);
        }
    }

    private static Uni<Reranking> rerank(Reranker reranker, long[] query) {
        var task =
                new RerankTask(
                        query,
                        CANDIDATES,
                        index -> passage(20 + index * 2),
                        PassageCut.HEAD,
                        Convergence.NEVER);
        return reranker.rerank(task, Deadline.after(Duration.ofHours(1)));
    }

    private static int[] passage(int length) {
        return IntStream.range(2_000, 2_000 + length).toArray();
    }

    /** kB; Linux only. */
    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }
}
