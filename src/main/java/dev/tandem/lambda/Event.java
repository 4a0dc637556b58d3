package dev.tandem.lambda;

import io.smallrye.mutiny.Uni;

/** An event that was read: its answer is under way. */
public record Event(Uni<Object> answer) {}
