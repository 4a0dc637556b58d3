package dev.tandem.edge;

import dev.tandem.model.Budget;
import dev.tandem.model.Deadline;
import dev.tandem.model.InvalidRequestException;
import dev.tandem.model.InvalidRequestException.Kind;
import dev.tandem.retrieval.Admission;
import dev.tandem.retrieval.LiveEngine;
import dev.tandem.retrieval.SearchEngine;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What requests of all kinds share: the time they get, and being let in. */
@ApplicationScoped
public class Requests {

    /** Budget of a call whose body has no place for one. */
    public static final String BUDGET_HEADER = "X-Tandem-Budget-Ms";

    /** How long the thread that sends an answer waits for a core where all are busy; measured. */
    private static final Duration SENDING_WHEN_BUSY = Duration.ofMillis(6);

    /** Of a budget, sending takes no more. */
    private static final int LARGEST_SHARE = 20;

    // Lambda ends any call after 15 minutes.
    private static final int LONGEST_MS = 900_000;

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private final LiveEngine live;
    private final SearchConfig config;
    private final Admission admission;

    Requests(LiveEngine live, SearchConfig config, SearchMetrics metrics) {
        this.live = live;
        this.config = config;
        admission = new Admission(config.maxInFlight());
        metrics.watch(admission);
    }

    /**
     * Begins work on the engine, on the calling thread. The answer must be subscribed to, and once.
     *
     * @throws dev.tandem.model.OverloadedException if as many are being answered as may be
     * @throws dev.tandem.model.UnavailableException if the index is not open
     */
    public <T> Uni<T> call(Function<SearchEngine, Uni<T>> work) {
        return admission.admit(() -> live.call(work));
    }

    /**
     * @param budgetMs what the request asks for; null for the configured time
     * @param platformEnd when the platform ends the call; null if it does not
     */
    public Budget budget(@Nullable Integer budgetMs, @Nullable Deadline platformEnd) {
        Duration time =
                budgetMs == null ? config.budget() : Duration.ofMillis(Math.max(0, budgetMs));
        boolean tooMuch = time.compareTo(config.maxBudget()) > 0;
        Duration given = tooMuch ? config.maxBudget() : time;
        Duration sending = sending(given, admission.inside(), CORES);
        Budget budget = Budget.of(given.minus(sending), config.grace());
        return platformEnd == null ? budget : budget.within(platformEnd, config.platformReserve());
    }

    /**
     * What is left of a budget for sending the answer: nothing to speak of, unless more requests
     * are being answered than there are cores.
     */
    static Duration sending(Duration budget, int inside, int cores) {
        if (inside < cores) {
            return Duration.ZERO;
        }
        Duration most = budget.dividedBy(LARGEST_SHARE);
        return most.compareTo(SENDING_WHEN_BUSY) < 0 ? most : SENDING_WHEN_BUSY;
    }

    /**
     * The shorter one of the body's budget and the header's.
     *
     * @param field the body's, by the name {@code budgetMs}; null if it has none
     * @throws InvalidRequestException if one is no number of milliseconds that may be asked for
     */
    public static @Nullable Integer budgetMs(@Nullable Integer field, Call call) {
        String header = call.header(BUDGET_HEADER);
        Integer asked = field == null ? null : checked("budgetMs", field);
        if (header == null) {
            return asked;
        }
        int other = checked(BUDGET_HEADER, number(header));
        return asked == null ? Integer.valueOf(other) : Integer.valueOf(Math.min(asked, other));
    }

    private static int number(String header) {
        try {
            return Integer.parseInt(header.strip());
        } catch (NumberFormatException e) {
            throw new InvalidRequestException(
                    Kind.MALFORMED,
                    BUDGET_HEADER,
                    "got \"%.20s\", expected whole milliseconds".formatted(header));
        }
    }

    private static int checked(String name, int budgetMs) {
        if (budgetMs < 1 || budgetMs > LONGEST_MS) {
            throw new InvalidRequestException(
                    Kind.OUT_OF_BOUNDS,
                    name,
                    "got %d, expected whole milliseconds from 1 to %d"
                            .formatted(budgetMs, LONGEST_MS));
        }
        return budgetMs;
    }
}
