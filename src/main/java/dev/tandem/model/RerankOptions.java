package dev.tandem.model;

import org.jspecify.annotations.Nullable;

/**
 * How stage 2 treats one query.
 *
 * @param longPassages null for the index's own way, or the configured one
 * @param order null for the configured one
 * @param minScore hits with a lower score are left out, 0..1
 * @param earlyStop whether scoring ends when more of it is unlikely to change the topK; null as
 *     configured
 */
public record RerankOptions(
        @Nullable LongPassages longPassages,
        @Nullable Order order,
        double minScore,
        @Nullable Boolean earlyStop) {

    /** Nothing is asked for. */
    public static final RerankOptions DEFAULT = new RerankOptions(null, null, 0, null);

    public RerankOptions {
        // Written so that NaN fails.
        if (!(minScore >= 0 && minScore <= 1)) {
            throw new IllegalArgumentException("minScore=" + minScore);
        }
    }
}
