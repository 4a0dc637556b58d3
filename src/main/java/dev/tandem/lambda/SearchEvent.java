package dev.tandem.lambda;

import dev.tandem.edge.SearchAnswer;
import io.smallrye.mutiny.Uni;

/** An event that was read: a search under way. */
public record SearchEvent(Uni<SearchAnswer> answer) {}
