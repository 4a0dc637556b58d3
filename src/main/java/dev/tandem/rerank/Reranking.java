package dev.tandem.rerank;

import dev.tandem.model.Work;
import java.util.List;

/**
 * What stage 2 did.
 *
 * @param outcomes one a candidate, in the order in which they were given
 * @param planned candidates that the time was thought to suffice for when it began
 * @param work what was computed
 */
public record Reranking(List<Outcome> outcomes, int planned, Work work) {}
