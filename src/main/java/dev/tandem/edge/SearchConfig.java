package dev.tandem.edge;

import dev.tandem.settings.Range;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Defaults and limits of requests. */
@ConfigMapping(prefix = "tandem.search")
public interface SearchConfig {

    /** Passages in an answer, 1 to 1000. */
    @WithDefault("10")
    @Range(from = "1", to = "1000")
    int topK();

    /** Candidates that stage 1 hands over, 50 to 1000; the recall ceiling and the cost. */
    @WithDefault("100")
    @Range(from = "50", to = "1000")
    int candidateCount();

    /**
     * Time for an answer when the request does not say, 1 ms to 15 minutes; the answer is cut to it
     * and says so.
     */
    @WithDefault("10s")
    @Range(from = "1ms", to = "15m")
    Duration budget();

    /**
     * Most time that a request may ask for, 1 ms to 15 minutes; one that asks for more gets this.
     */
    @WithDefault("15m")
    @Range(from = "1ms", to = "15m")
    Duration maxBudget();

    /**
     * How late an answer may be if storage or a model hangs, 1 ms to 15 minutes; then it is given
     * with what there is.
     */
    @WithDefault("30ms")
    @Range(from = "1ms", to = "15m")
    Duration grace();

    /**
     * What is left of the time that the platform gives, such as a Lambda function's timeout, when
     * the answer is there at the latest: time to send it. 20 ms to 15 minutes.
     */
    @WithDefault("50ms")
    @Range(from = "20ms", to = "15m")
    Duration platformReserve();

    /** Requests that are answered at a time, 1 to 10000; one more is refused. */
    @WithDefault("32")
    @Range(from = "1", to = "10000")
    int maxInFlight();

    /** Longest query in characters, 1 to 100000. */
    @WithDefault("4096")
    @Range(from = "1", to = "100000")
    int maxQueryLength();

    /** Texts that a request may bring to be ranked or encoded, 1 to 10000. */
    @WithDefault("1000")
    @Range(from = "1", to = "10000")
    int maxTexts();

    /** Longest of these in characters, 1 to 1000000. */
    @WithDefault("100000")
    @Range(from = "1", to = "1000000")
    int maxTextLength();
}
